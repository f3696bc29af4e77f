import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// What is written down, and when.
@Suite struct RegistryTests {
    @Test func whoJoinsIsWrittenDown() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let agent = try master.agent()
        #expect(master.changes.count == 2)
        #expect(master.registry.frameworks[scheduler.id]?.info.name == "test")
        #expect(master.registry.frameworks[scheduler.id]?.info.id.value == scheduler.id.value)
        #expect(master.registry.agents[agent.id]?.info.hostname == "10.0.0.7")
        #expect(master.registry.agents[agent.id]?.registered == master.now)
    }

    @Test func whatIsWrittenComesBeforeWhatIsTold() throws {
        var master = TestMaster()
        for input in [
            MasterInput.agentSubscribe(master.newStream(), try TestMaster.agentCall("cpus:1;mem:64")),
            .schedulerSubscribe(master.newStream(), TestMaster.subscribeCall(TestMaster.frameworkInfo())),
        ] {
            var effects: [MasterEffect] = []
            master.core.handle(input, at: master.now, effects: &effects)
            let written = effects.firstIndex { if case .persist = $0 { true } else { false } }
            #expect(written != nil, "the shell commits it before it carries out the rest of the batch")
        }
    }

    @Test func launchingDecliningAndAcknowledgingWriteNothing() throws {
        var (master, scheduler, agent) = try TestMaster.running(info: TestMaster.frameworkInfo(timeout: 600))
        let task = try #require(master.core.state.taskMessages.first)
        master.changes = []
        master.report("t", .taskRunning, uuid: uuid(2), by: agent, of: scheduler.id)
        master.acknowledge("t", uuid(2), on: agent, by: scheduler)
        master.send(scheduler, .revive)
        for offer in master.offers(to: scheduler) { master.send(scheduler, .decline) { $0.decline.offerIds = [offer.id.message] } }
        master.send(scheduler, .reconcile) { $0.reconcile = .init() }
        master.send(agent, .heartbeat)
        // Nor does a break after which all is as it was.
        master.handle(.agentStreamClosed(agent.stream.id))
        master.handle(.schedulerStreamClosed(scheduler.stream.id))
        let again = try master.scheduler(TaskLifeTests.info(of: scheduler, timeout: 600))
        _ = try master.agent(id: agent.id) { report in
            report.frameworks = [TaskLifeTests.info(of: scheduler, timeout: 600)]
            report.tasks = [task]
        }
        master.report("t", .taskFinished, uuid: uuid(3), by: TestAgent(id: agent.id, stream: agent.stream), of: again.id)
        #expect(master.changes.isEmpty)
    }

    @Test func whatAFrameworkChangesOfItselfIsWrittenDown() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler(TestMaster.frameworkInfo(timeout: 600))
        var info = TaskLifeTests.info(of: scheduler, timeout: 1200)
        info.roles = ["eng", "ops"]
        master.now = master.now + .seconds(5)
        _ = try master.scheduler(info)
        #expect(master.registry.frameworks[scheduler.id]?.info == info)
        #expect(master.registry.frameworks[scheduler.id]?.registered == master.now + .seconds(-5))
    }

    @Test func whatAnAgentChangesOfItselfIsWrittenDown() throws {
        var master = TestMaster()
        let agent = try master.agent("cpus:4;mem:4096")
        master.handle(.agentStreamClosed(agent.stream.id))
        _ = try master.agent("cpus:8;mem:4096", id: agent.id)
        let kept = try #require(master.registry.agents[agent.id])
        #expect(try Resources(kept.info.resources).scalar("cpus") == Scalar(thousandths: 8000))
    }

    @Test func whoLeavesForGoodIsForgotten() throws {
        var master = TestMaster()
        let agent = try master.agent()
        master.send(agent, .unsubscribe)
        #expect(master.registry == Registry())
    }

    @Test func theUnreachableAreWrittenDownAndTakenBack() throws {
        var (master, _, agent) = try TestMaster.running()
        master.handle(.agentStreamClosed(agent.stream.id))
        master.advance(by: .seconds(76))
        #expect(master.registry.agents.isEmpty)
        #expect(master.registry.unreachable.keys.sorted() == [agent.id])
        _ = try master.agent(id: agent.id)
        #expect(master.registry.agents.keys.sorted() == [agent.id])
        #expect(master.registry.unreachable.isEmpty)
    }

    @Test func removedFrameworksStayRefusedUpToALimit() throws {
        var master = TestMaster { $0.limits.removedFrameworks = 3 }
        var ids: [FrameworkID] = []
        for _ in 0..<5 {
            let scheduler = try master.scheduler()
            master.send(scheduler, .teardown)
            ids.append(scheduler.id)
            master.now = master.now + .seconds(1)
        }
        #expect(master.registry.frameworks.isEmpty)
        #expect(master.registry.removedFrameworks.keys.sorted() == Array(ids.suffix(3)))
        master.restart()
        for (id, isRefused) in zip(ids, [false, false, true, true, true]) {
            var info = TestMaster.frameworkInfo()
            info.id = id.message
            let stream = master.subscribe(info)
            guard case .error? = master.events(of: stream).first else {
                #expect(!isRefused, "\(id)")
                continue
            }
            #expect(isRefused, "\(id)")
        }
    }

    @Test func aRegistryIsWhatItsChangesComeTo() {
        let info = Mesos_V1_AgentInfo.with { $0.hostname = "a" }
        let (a, b) = (AgentID("a"), AgentID("b"))
        let moment = Timestamp(nanoseconds: 1)
        let changes: [RegistryChange] = [
            .admitAgent(AdmittedAgent(id: a, info: info, registered: moment)),
            .admitAgent(AdmittedAgent(id: b, info: info, registered: moment)),
            .markUnreachable(a, since: moment),
            .markGone(a, since: moment),
            .markUnreachable(b, since: moment),
            .admitAgent(AdmittedAgent(id: b, info: info, registered: moment)),
            .putFramework(RegisteredFramework(id: FrameworkID("f"), info: .init(), registered: moment)),
            .removeFramework(FrameworkID("f"), at: moment),
        ]
        var registry = Registry()
        // A batch whose commit is not known to have happened may be applied again.
        for change in changes + changes.suffix(3) { registry.apply(change) }
        #expect(registry.agents.keys.sorted() == [b])
        #expect(registry.unreachable.isEmpty)
        #expect(registry.gone == [a: moment])
        #expect(registry.frameworks.isEmpty)
        #expect(registry.removedFrameworks == [FrameworkID("f"): moment])
    }
}
