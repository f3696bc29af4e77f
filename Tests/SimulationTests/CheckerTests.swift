import AgentCore
import Allocation
import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages
import Testing

@testable import MasterCore
@testable import Simulation

/// A checker that notices nothing is none: each is shown a broken promise.
@Suite struct CheckerTests {
    /// What tampers, and what the checkers say of it.
    struct Mutant: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let complaint: String
        let tampering: Tampering
        let taskTime: Duration

        init(_ what: String, _ complaint: String, taskTime: Duration = .seconds(30), _ tamper: (inout Tampering) -> Void) {
            testDescription = what
            self.complaint = complaint
            self.taskTime = taskTime
            var tampering = Tampering()
            tamper(&tampering)
            self.tampering = tampering
        }
    }

    private func run(_ tampering: Tampering, taskTime: Duration = .seconds(30)) -> SimulationReport {
        var options = SimulationOptions()
        options.agents = 2
        options.frameworks = 6
        options.duration = .seconds(120)
        options.faults = .none
        options.faults.connectionBreaks = 60
        options.faults.programFailures = 0.3
        options.work.taskTime = taskTime
        var simulation = Simulation(options)
        simulation.tampering = tampering
        return simulation.run()
    }

    @Test func withoutTamperingAllIsWell() {
        let report = run(Tampering())
        #expect(report.violations.isEmpty)
        #expect(report.counts.tasks > 20 && report.counts.updates > 60 && report.counts.offers > 50)
    }

    @Test(arguments: mutants) func aBrokenPromiseIsNoticed(_ mutant: Mutant) {
        let report = run(mutant.tampering, taskTime: mutant.taskTime)
        #expect(report.violations.contains { $0.contains(mutant.complaint) }, "\(report.violations.prefix(3))")
        #expect(report.failureText.contains("agora simulate --seed 1 "))
        #expect((5...50).contains(report.lastEvents.count))
    }

    @Test func aProcessThatNeverSleepsIsNoticed() {
        var options = SimulationOptions()
        options.faults = .none
        var simulation = Simulation(options)
        simulation.begin()
        simulation.pass(until: Simulation.beginning + .seconds(5))
        for _ in 0..<1100 {
            simulation.wake(.master, at: simulation.now)
            simulation.pass(until: simulation.now)
        }
        #expect(simulation.checkers.violations == ["master works on and on and no time passes"])
    }

    @Test(arguments: [
        (Mesos_V1_TaskState.taskFinished, Mesos_V1_TaskState.taskRunning, 1), (.taskFinished, .taskFinished, 0),
        (.taskGone, .taskFailed, 1), (.taskLost, .taskRunning, 0), (.taskUnreachable, .taskRunning, 0), (.taskUnknown, .taskFailed, 0),
    ])
    func onlyWordsOfLossMayBeTakenBack(_ first: Mesos_V1_TaskState, _ second: Mesos_V1_TaskState, _ complaints: Int) {
        var checker = FinalityChecker()
        let name = TaskName(framework: FrameworkID("f"), task: TaskID("t"))
        var status = Mesos_V1_TaskStatus()
        status.state = first
        #expect(checker.delivered(name, status).isEmpty)
        status.state = second
        #expect(checker.delivered(name, status).count == complaints)
    }

    static let mutants = ofTheMaster + ofTheAgent

    // MARK: The master

    private static let ofTheMaster = [
        Mutant("a task holds nothing", "the allocator counts") { $0.master = { _, core in endTask(&core) } },
        Mutant("the allocator gives away what is used", "the allocator counts") { $0.master = { _, core in giveAway(&core) } },
        Mutant("an offer is made twice", "was made before") {
            $0.master = { effects, _ in
                for effect in effects { if case .sendToScheduler(_, .offers) = effect { effects.append(effect) } }
            }
        },
        Mutant("an offer goes to another framework", "goes to a stream that is not") { $0.master = { effects, _ in misdirect(&effects) } },
        Mutant("what was refused is offered", "was refused by") { $0.master = { _, core in forgetRefusals(&core) } },
        Mutant("the master acknowledges by itself", "its framework did not") {
            $0.master = { effects, core in acknowledge(&effects, core) }
        },
        Mutant("what has ended runs again", "and became") { $0.master = { effects, _ in resurrect(&effects) } },
        Mutant("launches are lost", "the master believes that") {
            $0.master = drop { if case .sendToAgent(_, .launch) = $0 { true } else { false } }
        },
        Mutant("acknowledgements are lost", "are not acknowledged") {
            $0.master = drop { if case .sendToAgent(_, .acknowledge) = $0 { true } else { false } }
        },
        Mutant("updates are lost", "are not acknowledged") {
            $0.master = drop { if case .sendToScheduler(_, .update(let status)) = $0 { status.hasUuid } else { false } }
        },
        Mutant("kills are lost", "become empty", taskTime: .seconds(40_000)) {
            $0.master = drop { if case .sendToAgent(_, .kill) = $0 { true } else { false } }
        },
    ]

    private static func drop(_ isDropped: @escaping @Sendable (MasterEffect) -> Bool)
        -> @Sendable (inout [MasterEffect], inout MasterCore) -> Void
    {
        { effects, _ in effects.removeAll(where: isDropped) }
    }

    private static func endTask(_ core: inout MasterCore) {
        for (id, framework) in core.state.frameworks {
            guard let task = framework.tasks.first(where: { $0.value.isActive }) else { continue }
            core.state.frameworks[id]?.tasks[task.key] = nil
        }
    }

    private static func giveAway(_ core: inout MasterCore) {
        for (id, framework) in core.state.frameworks {
            guard let task = framework.tasks.values.first(where: { $0.isActive }) else { continue }
            core.allocator.recover(id, task.agent, task.resources, filter: nil, at: core.now)
        }
    }

    private static func forgetRefusals(_ core: inout MasterCore) {
        for framework in core.state.frameworks.values { core.allocator.revive(framework.id, roles: framework.roles) }
    }

    private static func misdirect(_ effects: inout [MasterEffect]) {
        for index in effects.indices {
            guard case .sendToScheduler(let stream, .offers(let offers)) = effects[index] else { continue }
            effects[index] = .sendToScheduler(StreamID(stream.number + 1), .offers(offers))
        }
    }

    private static func acknowledge(_ effects: inout [MasterEffect], _ core: MasterCore) {
        for case .sendToScheduler(let scheduler, .update(let status)) in effects where status.hasUuid {
            guard let framework = core.schedulerStreams[scheduler], let agent = core.state.agents.values.first?.stream else { continue }
            effects.append(.sendToAgent(agent, .acknowledge(framework, TaskID(status.taskID.value), uuid: status.uuid)))
        }
    }

    private static func resurrect(_ effects: inout [MasterEffect]) {
        for case .sendToScheduler(let scheduler, .update(let status)) in effects where status.state == .taskFinished {
            var again = status
            again.state = .taskRunning
            again.clearUuid()
            effects.append(.sendToScheduler(scheduler, .update(again)))
        }
    }

    // MARK: The agent

    private static let ofTheAgent = [
        Mutant("updates are told and not written", "no agent wrote it down") {
            $0.agent = drop { if case .persist(.putUpdate) = $0 { true } else { false } }
        },
        Mutant("updates are sent out of order", "was delivered before update") { $0.agent = { hurry(&$0) } },
        Mutant("half a group is written", "of its group") { $0.agent = { loseMember(&$0) } },
        Mutant("containers are not destroyed", "become empty", taskTime: .seconds(40_000)) {
            $0.agent = drop { if case .destroy = $0 { true } else { false } }
        },
        Mutant("ended tasks stay on the disk", "is either on disk or in memory") {
            $0.agent = drop { if case .persist(.deleteTask) = $0 { true } else { false } }
        },
        Mutant("ends of executors are not told", "has the executor") {
            $0.agent = drop { if case .send(_, let call) = $0 { call.type == .executorExited } else { false } }
        },
        Mutant("ended containers are kept", "nobody owns container") {
            $0.agent = drop { if case .forget = $0 { true } else { false } }
        },
    ]

    private static func drop(_ isDropped: @escaping @Sendable (AgentEffect) -> Bool) -> @Sendable (inout [AgentEffect]) -> Void {
        { $0.removeAll(where: isDropped) }
    }

    /// Sends the newest update of a batch instead of the one that is due.
    private static func hurry(_ effects: inout [AgentEffect]) {
        let written = effects.compactMap { if case .persist(.putUpdate(_, _, let update)) = $0 { update } else { nil } }
        for index in effects.indices {
            guard case .send(let connection, var call) = effects[index], call.type == .updateStatus else { continue }
            for place in call.updateStatus.updates.indices {
                let due = call.updateStatus.updates[place]
                guard let newest = written.last(where: { $0.status.taskID == due.status.taskID }) else { continue }
                call.updateStatus.updates[place].status = newest.status
            }
            effects[index] = .send(connection: connection, call)
        }
    }

    private static func loseMember(_ effects: inout [AgentEffect]) {
        let places = effects.indices.filter { if case .persist(.putTask(let task)) = effects[$0] { task.updates.isEmpty } else { false } }
        if places.count > 1, let last = places.last { effects.remove(at: last) }
    }
}
