import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import Testing

/// A master that is killed after each of the inputs of a life of a cluster: what it had told, its successor knows.
@Suite struct CrashPointTests {
    /// What others were told and may rely on.
    private struct Told: Equatable {
        var agents: Set<AgentID> = []
        var frameworks: Set<FrameworkID> = []
        var removed: Set<FrameworkID> = []
        var gone: Set<AgentID> = []
    }

    /// One step of the story: what happens, and what is told by it.
    private struct Step: Sendable {
        let name: String
        let run: @Sendable (inout TestMaster, inout Told) throws -> Void
    }

    private static let story: [Step] = [
        Step(name: "two agents register") { master, told in
            for _ in 0..<2 { told.agents.insert(try master.agent().id) }
        },
        Step(name: "two frameworks subscribe") { master, told in
            for timeout in [3600.0, 3600] { told.frameworks.insert(try master.scheduler(TestMaster.frameworkInfo(timeout: timeout)).id) }
        },
        Step(name: "one is torn down") { master, told in
            let scheduler = try master.scheduler()
            master.send(scheduler, .teardown)
            told.removed.insert(scheduler.id)
        },
        Step(name: "a third agent registers and leaves") { master, told in
            let agent = try master.agent()
            master.send(agent, .unsubscribe)
        },
        Step(name: "an agent is given up") { master, told in
            let agent = try #require(told.agents.min())
            #expect(master.send(marking: agent)?.status == 200)
            told.agents.remove(agent)
            told.gone.insert(agent)
        },
        Step(name: "time passes, and who is away is lost") { master, told in
            master.advance(by: .seconds(700))
        },
        Step(name: "an agent comes back") { master, told in
            _ = try master.agent(id: told.agents.min())
        },
    ]

    @Test func whatWasToldIsKnownAfterACrash() throws {
        for crash in Self.story.indices {
            var master = TestMaster()
            var told = Told()
            for (number, step) in Self.story.enumerated() {
                try step.run(&master, &told)
                if number == crash { master.restart() }
                try check(master, told, "killed after: \(Self.story[crash].name); looked at after: \(step.name)")
            }
        }
    }

    @Test func whatWasToldIsKnownAfterACrashAtEveryStep() throws {
        var master = TestMaster()
        var told = Told()
        for step in Self.story {
            try step.run(&master, &told)
            master.restart()
            try check(master, told, "killed after: \(step.name)")
        }
    }

    /// Looks from outside: by what the master answers.
    private func check(_ master: TestMaster, _ told: Told, _ words: Comment) throws {
        let state = master.core.state
        let unreachable = Set(state.unreachableAgents.all.map(\.key))
        let agents = Set(state.agents.keys).union(state.recoveredAgents.keys).union(unreachable)
        #expect(agents == told.agents, words)
        #expect(Set(state.frameworks.keys) == told.frameworks, words)
        var probe = master
        for id in told.removed {
            var info = TestMaster.frameworkInfo()
            info.id = id.message
            guard case .error? = probe.events(of: probe.subscribe(info)).first else { return #expect(Bool(false), words) }
        }
        for id in told.gone {
            let stream = probe.newStream()
            probe.handle(.agentSubscribe(stream, try TestMaster.agentCall("cpus:1;mem:1", id: id)))
            guard case .shutdown? = probe.agentEvents[stream.id]?.first else { return #expect(Bool(false), words) }
        }
        // The disk says the same as the memory.
        #expect(Set(master.registry.agents.keys).union(master.registry.unreachable.keys) == told.agents, words)
        #expect(Set(master.registry.frameworks.keys) == told.frameworks, words)
    }
}
