import Cluster
import Foundation
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import Testing

/// A master and those who talk to it, by names; what the master does is put into words.
struct Conversation {
    private var master = TestMaster()
    private var schedulers: [String: TestScheduler] = [:]
    private var agents: [String: TestAgent] = [:]
    private var names: [StreamID: String] = [:]

    /// Carries out one sentence and returns what came of it, in order.
    mutating func say(_ sentence: String) throws -> [String] {
        let words = sentence.split(separator: " ").map(String.init)
        switch (words.first, words.dropFirst().first) {
        case ("wait", let seconds?): return try wait(seconds)
        case ("agent", let name?): return try agent(name, Array(words.dropFirst(2)))
        case ("scheduler", let name?): return try scheduler(name, Array(words.dropFirst(2)))
        case (let name?, "goes"): return try goes(name)
        case (let name?, "reports"): return try reports(name, Array(words.dropFirst(2)))
        case (let name?, "messages") where agents[name] != nil: return try messages(name, Array(words.dropFirst(2)))
        case (let name?, "lost"): return try lost(name, Array(words.dropFirst(2)))
        case (let name?, let verb?): return try call(name, verb, Array(words.dropFirst(2)))
        default: throw TestFailure("nothing is meant by '\(sentence)'")
        }
    }

    private mutating func wait(_ seconds: String) throws -> [String] {
        let end = master.now + .milliseconds(Int((try #require(Double(seconds)) * 1000).rounded()))
        var lines: [String] = []
        while let deadline = master.core.nextDeadline, deadline <= end {
            master.now = max(master.now, deadline)
            lines += handle(.tick)
        }
        master.now = end
        // Those that are connected say so.
        for agent in agents.values { _ = handle(heartbeat(of: agent)) }
        return lines
    }

    private func heartbeat(of agent: TestAgent) -> MasterInput {
        var call = Agora_V1_AgentCall()
        call.type = .heartbeat
        call.agentID = agent.id.message
        return .agentCall(call, token: agent.stream.token, reply: TestReply())
    }

    private mutating func agent(_ name: String, _ words: [String]) throws -> [String] {
        let former = agents[name]
        var call = try TestMaster.agentCall(former == nil ? words[0] : "cpus:4;mem:4096", id: former?.id)
        if words == ["returns"] {
            let state = master.core.state
            call.subscribe.frameworks = state.frameworks.values.map(\.info)
            call.subscribe.tasks = (state.taskMessages + state.unreachableTaskMessages).map { task in
                var task = task
                task.state = .taskRunning
                return task
            }
        }
        let stream = master.newStream()
        names[stream.id] = name
        let lines = handle(.agentSubscribe(stream, call))
        let id = former?.id ?? master.core.state.agents.keys.max()
        agents[name] = TestAgent(id: try #require(id), stream: stream)
        return lines
    }

    private mutating func scheduler(_ name: String, _ words: [String]) throws -> [String] {
        let timeout = words.firstIndex(of: "timeout").flatMap { Double(words[$0 + 1]) }
        var info = TestMaster.frameworkInfo(timeout: timeout ?? 0)
        var call = Mesos_V1_Scheduler_Call()
        if words.starts(with: ["takes", "over"]) {
            info.id = try #require(schedulers[words[2]]).id.message
            call.frameworkID = info.id
        }
        call.type = .subscribe
        call.subscribe.frameworkInfo = info
        let stream = master.newStream()
        names[stream.id] = name
        let lines = handle(.schedulerSubscribe(stream, call))
        let id = info.hasID ? FrameworkID(info.id) : master.core.state.frameworks.keys.max()
        schedulers[name] = TestScheduler(id: try #require(id), stream: stream)
        return lines
    }

    private mutating func goes(_ name: String) throws -> [String] {
        if let agent = agents[name] { return handle(.agentStreamClosed(agent.stream.id)) }
        return handle(.schedulerStreamClosed(try #require(schedulers[name]).stream.id))
    }

    private mutating func reports(_ name: String, _ words: [String]) throws -> [String] {
        let agent = try #require(agents[name])
        var update = Agora_V1_StatusUpdate()
        update.frameworkID = FrameworkID("M-0000").message
        update.status.taskID.value = words[0]
        update.status.state = try #require(Mesos_V1_TaskState.allCases.first { $0.name == words[1] })
        update.status.source = .executor
        update.status.uuid = uuid(try #require(UInt8(words[2])))
        var call = Agora_V1_AgentCall()
        call.type = .updateStatus
        call.agentID = agent.id.message
        call.updateStatus.updates = [update]
        return handle(.agentCall(call, token: agent.stream.token, reply: TestReply()))
    }

    private mutating func messages(_ name: String, _ words: [String]) throws -> [String] {
        try agentCall(name, .message) { call in
            call.message.frameworkID = FrameworkID("M-0000").message
            call.message.executorID.value = words[0]
            call.message.data = Data(words[1].utf8)
        }
    }

    private mutating func lost(_ name: String, _ words: [String]) throws -> [String] {
        try agentCall(name, .executorExited) { call in
            call.executorExited.frameworkID = FrameworkID("M-0000").message
            call.executorExited.executorID.value = words[0]
            call.executorExited.status = 9
        }
    }

    private mutating func agentCall(
        _ name: String,
        _ type: Agora_V1_AgentCall.TypeEnum,
        _ fill: (inout Agora_V1_AgentCall) -> Void
    ) throws -> [String] {
        let agent = try #require(agents[name])
        var call = Agora_V1_AgentCall()
        call.type = type
        call.agentID = agent.id.message
        fill(&call)
        return handle(.agentCall(call, token: agent.stream.token, reply: TestReply()))
    }

    private mutating func call(_ name: String, _ verb: String, _ words: [String]) throws -> [String] {
        let scheduler = try #require(schedulers[name], "nobody is called \(name)")
        var call = Mesos_V1_Scheduler_Call()
        call.frameworkID = scheduler.id.message
        switch verb {
        case "accepts":
            let offer = try #require(master.core.state.offers[OfferID(words[0])])
            call.type = .accept
            call.accept.offerIds = [offer.id.message]
            call.accept.filters.refuseSeconds = words.count > 4 ? 3600 : 0
            var task = try taskInfo(words[2], on: offer.agent, words[3])
            if words.dropFirst(4).first == "by" {
                task.clearCommand()
                task.executor.executorID.value = words[5]
                task.executor.command.value = "run"
            }
            call.accept.operations = [launch([task])]
        case "declines":
            call.type = .decline
            call.decline.offerIds = [OfferID(words[0]).message]
            call.decline.filters.refuseSeconds = try #require(Double(words[2]))
        case "acknowledges":
            call.type = .acknowledge
            call.acknowledge.agentID = AgentID("M-S0").message
            call.acknowledge.taskID.value = words[0]
            call.acknowledge.uuid = uuid(try #require(UInt8(words[1])))
        case "kills":
            call.type = .kill
            call.kill.taskID.value = words[0]
        case "reconciles":
            call.type = .reconcile
            call.reconcile.tasks = [.init()]
            call.reconcile.tasks[0].taskID.value = words[0]
        case "tears": call.type = .teardown
        case "messages":
            call.type = .message
            call.message.agentID.value = words[0]
            call.message.executorID.value = words[1]
            call.message.data = Data(words[2].utf8)
        case "shuts":
            call.type = .shutdown
            call.shutdown.agentID = AgentID("M-S0").message
            call.shutdown.executorID.value = words[1]
        case "takes":
            call.type = .updateFramework
            call.updateFramework.frameworkInfo = TestMaster.frameworkInfo(roles: Array(words.dropFirst()))
            call.updateFramework.frameworkInfo.id = scheduler.id.message
        case "reserves":
            let offer = try #require(master.core.state.offers[OfferID(words[0])])
            call.type = .accept
            call.accept.offerIds = [offer.id.message]
            call.accept.filters.refuseSeconds = 3600
            call.accept.operations = [.init()]
            call.accept.operations[0].type = .reserve
            call.accept.operations[0].id.value = words[2]
        case "asks":
            call.type = .reconcileOperations
            call.reconcileOperations.operations = [.init()]
            call.reconcileOperations.operations[0].operationID.value = words[1]
        default: throw TestFailure("a scheduler does not know how it \(verb)")
        }
        return handle(.schedulerCall(call, token: scheduler.stream.token, reply: TestReply()))
    }

    private mutating func handle(_ input: MasterInput) -> [String] {
        var effects: [MasterEffect] = []
        master.core.handle(input, at: master.now, effects: &effects)
        if let deadline = master.core.nextDeadline, deadline <= master.now { master.core.handle(.tick, at: master.now, effects: &effects) }
        return effects.compactMap { EffectWords.line(for: $0, names) }
    }
}
