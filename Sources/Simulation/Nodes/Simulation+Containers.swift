import AgentCore
import Cluster

/// What containers do, by chance.
extension Simulation {
    private mutating func plan(_ step: ContainerStep, on number: Int, in time: Duration) {
        agenda.add(.container(agent: number, step: step), at: now + time)
    }

    /// Tells the agent's process that lives now; a later one finds out for itself.
    private mutating func tell(_ input: AgentInput, _ number: Int) {
        let time = chance.time(in: .zero ... .milliseconds(5))
        plan(.told(input, life: agents[number].process.life), on: number, in: time)
    }

    mutating func containerSteps(_ number: Int, _ step: ContainerStep) {
        switch step {
        case .launched(let id, let serial): launched(id, serial, on: number)
        case .ends(let id, let serial, let exit):
            guard agents[number].containers.all[id]?.serial == serial else { return }
            end(id, exit, on: number)
        case .told(let input, let life):
            guard agents[number].process.isUp, agents[number].process.life == life else { return }
            agents[number].inbox.append(input)
            wakeSoon(.agent(number))
        }
    }

    mutating func launch(_ launch: ContainerLaunch, on number: Int) {
        note("agent-\(number) launches container \(launch.id)")
        guard agents[number].containers.all[launch.id] == nil else {
            return tell(.containerLaunchFailed(launch.id, message: "a container of that name is there"), number)
        }
        let isStubborn = chance.happens(options.faults.stubbornPrograms)
        let serial = agents[number].containers.add(launch.id, hasProgram: launch.command != nil, isStubborn: isStubborn)
        plan(.launched(launch.id, serial: serial), on: number, in: chance.time(in: .milliseconds(5) ... .seconds(3)))
    }

    private mutating func launched(_ id: ContainerID, _ serial: UInt64, on number: Int) {
        guard let container = agents[number].containers.all[id], container.serial == serial, case .launching = container.state
        else { return }
        let parent = id.parent.map { agents[number].containers.all[$0]?.isRunning == true }
        guard parent != false, !chance.happens(options.faults.launchFailures) else {
            agents[number].containers.all[id] = nil
            return tell(.containerLaunchFailed(id, message: parent == false ? "its parent does not run" : "chance"), number)
        }
        run(id, serial, on: number)
        tell(.containerLaunched(id, pid: 7), number)
    }

    private mutating func run(_ id: ContainerID, _ serial: UInt64, on number: Int) {
        agents[number].containers.all[id]?.state = .running
        guard agents[number].containers.all[id]?.hasProgram == true else { return }
        let time = chance.time(mean: options.work.taskTime)
        let exit: ContainerExit =
            if chance.happens(options.faults.memoryExhaustions) {
                ContainerExit(waitStatus: 9, limitation: .memory(limitBytes: 32 << 20))
            } else {
                ContainerExit(waitStatus: chance.happens(options.faults.programFailures) ? 1 << 8 : 0)
            }
        plan(.ends(id, serial: serial, exit), on: number, in: time)
    }

    /// The end of a container is the end of all inside it, by force.
    private mutating func end(_ id: ContainerID, _ exit: ContainerExit, on number: Int) {
        for inner in agents[number].containers.tree(of: id) {
            switch agents[number].containers.all[inner]?.state {
            case .launching:
                agents[number].containers.all[inner] = nil
                tell(.containerLaunchFailed(inner, message: "its parent ended"), number)
            case .running:
                let status = inner == id ? exit : ContainerExit(waitStatus: 9)
                note("agent-\(number): container \(inner) \(status.words)")
                agents[number].containers.all[inner]?.state = .ended(status)
                tell(.containerEnded(inner, status), number)
            case .ended, nil: break
            }
        }
    }

    mutating func signal(_ id: ContainerID, on number: Int) {
        guard let container = agents[number].containers.all[id], container.isRunning, container.hasProgram, !container.isStubborn
        else { return }
        let exit = ContainerExit(waitStatus: chance.happens(0.7) ? 15 : 0)
        plan(.ends(id, serial: container.serial, exit), on: number, in: chance.time(in: .zero ... .seconds(2)))
    }

    mutating func destroy(_ id: ContainerID, on number: Int) {
        note("agent-\(number) destroys container \(id)")
        for inner in agents[number].containers.tree(of: id) {
            guard let container = agents[number].containers.all[inner] else { continue }
            switch container.state {
            case .launching:
                agents[number].containers.all[inner] = nil
                tell(.containerLaunchFailed(inner, message: "the launch was stopped"), number)
            case .running:
                let isSlow = chance.happens(options.faults.slowDeaths)
                let time = isSlow ? chance.time(mean: .time(options.faults.deathTime)) : chance.time(in: .zero ... .milliseconds(50))
                plan(.ends(inner, serial: container.serial, ContainerExit(waitStatus: 9)), on: number, in: time)
            case .ended: break
            }
        }
    }

    /// A launch that a crash interrupts has come to nothing, or to a container that runs without anybody having been told.
    mutating func loseLaunches(of number: Int) {
        for (id, container) in agents[number].containers.all.sorted(by: { $0.key < $1.key }) {
            guard case .launching = container.state else { continue }
            let parent = id.parent.map { agents[number].containers.all[$0]?.isRunning == true }
            if parent != false, chance.happens(0.5) {
                run(id, container.serial, on: number)
            } else {
                agents[number].containers.all[id] = nil
            }
        }
    }
}
