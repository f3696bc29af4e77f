import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// Maintenance schedules, requests to leave, and machines that are down.
@Suite struct MaintenanceTests {
    /// Where the agents of the tests say that they are.
    private static let host = "10.0.0.7"

    private static func running() throws -> (master: TestMaster, scheduler: TestScheduler, agent: TestAgent) {
        try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 1000))
    }

    @Test func frameworksAreAskedToLeaveAndTheirAnswersAreShown() throws {
        var (master, scheduler, agent) = try Self.running()
        #expect(master.schedule([Self.host])?.status == 200)
        let first = try #require(master.inverseOffers(to: scheduler).first)
        #expect(first.agent == agent.id)
        #expect(first.unavailability.start.nanoseconds == 5)
        #expect(master.core.state.maintenanceStatus.drainingMachines.map(\.id.hostname) == [Self.host])
        #expect(master.core.state.frameworkMessages(ClusterUsage(master.core.state)).map(\.inverseOffers.count) == [1])
        master.send(scheduler, .declineInverseOffers) { call in
            call.declineInverseOffers.inverseOfferIds = [first.id.message]
            call.declineInverseOffers.filters.refuseSeconds = 60
        }
        #expect(master.answers == [.decline])
        master.advance(by: .seconds(59))
        #expect(master.inverseOffers(to: scheduler).isEmpty)
        master.advance(by: .seconds(2))
        let second = try #require(master.inverseOffers(to: scheduler).first)
        #expect(second.id != first.id)
        master.send(scheduler, .acceptInverseOffers) { $0.acceptInverseOffers.inverseOfferIds = [second.id.message] }
        #expect(master.answers == [.accept])
        // Within the time that the agent may be silent.
        master.advance(by: .seconds(10))
        #expect(master.inverseOffers(to: scheduler).isEmpty)
        #expect(master.send(scheduler, .acceptInverseOffers) { $0.acceptInverseOffers.inverseOfferIds = [first.id.message] }?.status == 202)
        #expect(master.answers == [.accept], "an old one is passed over")
    }

    @Test func offersSayWhenTheMachineIsNotThere() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        let before = try #require(master.offers(to: scheduler).first)
        #expect(!before.message.hasUnavailability)
        master.schedule([Self.host])
        let after = try #require(master.offers(to: scheduler).first)
        #expect(master.rescinded(from: scheduler) == [before.id])
        #expect(after.message.unavailability.start.nanoseconds == 5)
        #expect(master.inverseOffers(to: scheduler).isEmpty, "who has nothing there is asked nothing")
        master.accept(scheduler, [after.id], [launch([try taskInfo("t", on: agent.id)])])
        #expect(master.inverseOffers(to: scheduler).count == 1)
        master.schedule([])
        #expect(master.events(of: scheduler.stream).contains { if case .rescindInverse = $0 { true } else { false } })
    }

    @Test func whoComesBackIsAskedAgain() throws {
        var (master, scheduler, _) = try Self.running()
        master.schedule([Self.host])
        #expect(master.inverseOffers(to: scheduler).count == 1)
        master.handle(.schedulerStreamClosed(scheduler.stream.id))
        #expect(master.core.state.frameworkMessages(ClusterUsage(master.core.state)).map(\.inverseOffers.count) == [0])
        var info = TestMaster.frameworkInfo(timeout: 1000)
        info.id = scheduler.id.message
        let again = try master.scheduler(info)
        #expect(master.inverseOffers(to: again).count == 1)
    }

    @Test func machinesThatAreDownLoseTheirAgentsAndKeepThemOut() throws {
        var (master, scheduler, agent) = try Self.running()
        #expect(master.machines(.startMaintenance, [Self.host])?.status == 400, "not scheduled")
        master.schedule([Self.host])
        _ = master.events(of: scheduler.stream)
        #expect(master.machines(.startMaintenance, [Self.host])?.status == 200)
        guard case .shutdown? = master.events(of: agent).last else { throw TestFailure("not shut down") }
        #expect(master.closed.contains(agent.stream.id))
        #expect(master.updates(to: scheduler).map(\.state) == [.taskGone])
        #expect(master.core.state.agents.isEmpty)
        #expect(master.registry.agents.isEmpty)
        #expect(master.core.state.maintenanceStatus.downMachines.map(\.hostname) == [Self.host])
        #expect(master.machines(.startMaintenance, [Self.host])?.status == 400, "down already")
        #expect(master.schedule([])?.status == 400, "what is down stays in the schedule")
        for _ in 0..<2 {
            let stream = master.newStream()
            master.handle(.agentSubscribe(stream, try TestMaster.agentCall("cpus:1;mem:1", id: agent.id)))
            guard case .shutdown? = master.agentEvents[stream.id]?.first else { throw TestFailure("let in") }
            #expect(master.closed.contains(stream.id))
            master.restart()
        }
        #expect(master.machines(.stopMaintenance, [Self.host])?.status == 200)
        #expect(master.core.state.maintenanceSchedule.windows.isEmpty)
        #expect(master.machines(.stopMaintenance, [Self.host])?.status == 400)
        #expect(try master.agent(id: agent.id).id == agent.id)
        master.restart()
        #expect(master.core.state.maintenanceSchedule.windows.isEmpty)
    }

    @Test func theScheduleOutlivesTheMaster() throws {
        var (master, scheduler, agent) = try Self.running()
        master.schedule([Self.host, "other"])
        master.restart()
        #expect(master.core.state.maintenanceSchedule.windows.map { $0.machineIds.map(\.hostname) } == [[Self.host, "other"]])
        var info = TestMaster.frameworkInfo(timeout: 1000)
        info.id = scheduler.id.message
        let again = try master.scheduler(info)
        _ = try master.agent(id: agent.id)
        #expect(master.offers(to: again).first?.message.hasUnavailability == true)
    }

    @Test(
        arguments: [
            ("10.0.0.7", nil, true), ("10.0.0.8", nil, false), (nil, "10.0.0.7", true), ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.9", false), (nil, "10.0.0.9", false),
        ] as [(String?, String?, Bool)]
    )
    func machinesAreMatched(_ hostname: String?, _ ip: String?, _ isMatch: Bool) throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        _ = try master.agent()
        let machine = Mesos_V1_MachineID.with { machine in
            if let hostname { machine.hostname = hostname }
            if let ip { machine.ip = ip }
        }
        #expect(master.schedule([[machine]])?.status == 200)
        #expect(master.offers(to: scheduler).first?.message.hasUnavailability == isMatch)
    }

    /// An agent that names itself by an address comes from another one if its machine has several.
    @Test func aHostNameThatIsAnAddressCountsAsOne() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        _ = try master.agent(peer: "10.0.0.3") { $0.agent.hostname = "10.0.0.9" }
        #expect(master.schedule([[.with { ($0.hostname, $0.ip) = ("10.0.0.9", "10.0.0.9") }]])?.status == 200)
        #expect(master.offers(to: scheduler).first?.message.hasUnavailability == true)
    }

    @Test func badSchedules() throws {
        var master = TestMaster()
        func machine(_ hostname: String = "", _ ip: String = "") -> Mesos_V1_MachineID {
            .with { ($0.hostname, $0.ip) = (hostname, ip) }
        }
        for (windows, words) in [
            ([[]], "machine_ids"), ([[machine()]], "windows[0].machine_ids[0]"), ([[machine("a"), machine("A")]], "twice"),
            ([[machine("a")], [machine("a")]], "windows[1].machine_ids[0]"), ([[machine("", "300.1.1.1")]], "ip"),
            ([[machine("a b")]], "hostname"), ([[machine(String(repeating: "a", count: 300))]], "hostname"),
        ] as [([[Mesos_V1_MachineID]], String)] {
            let answer = master.schedule(windows)
            #expect(answer?.status == 400)
            #expect(answer?.text.contains(words) == true, "\(answer?.text ?? "")")
        }
        #expect(master.schedule([[machine("a")]], duration: -1)?.status == 400)
        #expect(master.machines(.startMaintenance, [])?.status == 400)
        #expect(master.machines(.stopMaintenance, ["a"])?.status == 400)
        #expect(master.core.state.maintenanceSchedule.windows.isEmpty)
        #expect(master.changes.isEmpty)
    }
}

extension TestMaster {
    @discardableResult
    fileprivate mutating func schedule(_ hosts: [String]) -> (status: Int, text: String)? {
        schedule(hosts.isEmpty ? [] : [hosts.map { host in .with { $0.hostname = host } }])
    }

    @discardableResult
    fileprivate mutating func schedule(_ windows: [[Mesos_V1_MachineID]], duration: Int64? = nil) -> (status: Int, text: String)? {
        var call = Mesos_V1_Master_Call()
        call.type = .updateMaintenanceSchedule
        call.updateMaintenanceSchedule.schedule.windows = windows.map { machines in
            .with { window in
                window.machineIds = machines
                window.unavailability.start.nanoseconds = 5
                if let duration { window.unavailability.duration.nanoseconds = duration }
            }
        }
        return send(call)
    }

    fileprivate mutating func machines(_ type: Mesos_V1_Master_Call.TypeEnum, _ hosts: [String]) -> (status: Int, text: String)? {
        let machines = hosts.map { host in Mesos_V1_MachineID.with { $0.hostname = host } }
        var call = Mesos_V1_Master_Call()
        call.type = type
        if type == .startMaintenance { call.startMaintenance.machines = machines } else { call.stopMaintenance.machines = machines }
        return send(call)
    }

    /// The requests to leave that the scheduler got since the last call; other events stay.
    fileprivate mutating func inverseOffers(to scheduler: TestScheduler) -> [InverseOfferEntry] {
        let events = schedulerEvents[scheduler.stream.id] ?? []
        schedulerEvents[scheduler.stream.id] = events.filter { if case .inverseOffers = $0 { false } else { true } }
        return events.flatMap { event -> [InverseOfferEntry] in
            guard case .inverseOffers(let offers) = event else { return [] }
            return offers
        }
    }

    fileprivate var answers: [Mesos_V1_Allocator_InverseOfferStatus.Status] {
        core.state.maintenanceStatus.drainingMachines.flatMap { $0.statuses.map(\.status) }
    }
}
