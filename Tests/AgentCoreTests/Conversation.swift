import AgentCore
import Cluster
import FoundationEssentials
import MesosAPI
import MesosMessages
import Testing

/// An agent and its world in sentences; what the agent does is put into words.
///
/// `master …` is what the master says, `container of NAME …` what becomes of the container of a task or an executor,
/// `link breaks`, `agent restarts` (killed; its containers go on), `machine restarts` (nothing goes on), `wait SECONDS`.
struct Conversation {
    private var agent = CoreHarness()
    private var names: [ContainerID: String] = [:]
    /// What runs or has ended; what is being launched is nowhere yet.
    private var found: [ContainerID: FoundContainer.State] = [:]
    private var restarts: UInt64 = 1
    private var unacknowledged: [String: [Agora_V1_StatusUpdate]] = [:]

    mutating func say(_ sentence: String) throws -> [String] {
        let words = sentence.split(separator: " ").map(String.init)
        switch words.first {
        case "agent" where words == ["agent", "starts"]: agent.handle(.start)
        case "agent": restart(keepsContainers: true)
        case "machine": restart(keepsContainers: false)
        case "link": agent.handle(.linkLost(connection: agent.connection, reason: "it broke"))
        case "wait": agent.run(for: .milliseconds(Int64((try #require(Double(words[1])) * 1000).rounded())))
        case "master": try master(words[1], Array(words.dropFirst(2)))
        case "container": try container(words[2], Array(words.dropFirst(3)))
        default: throw ConversationError("nothing is meant by '\(sentence)'")
        }
        return agent.take().flatMap { lines(of: $0) }
    }

    private mutating func master(_ verb: String, _ words: [String]) throws {
        let framework = Mesos_V1_FrameworkInfo.sample([.partitionAware, .taskKillingState])
        switch verb {
        case "subscribes": agent.subscribe()
        case "launches" where words.first == "group":
            let tasks = words.dropFirst().prefix { $0 != "in" }
            agent.launchGroup(tasks.map { .sample($0) }, executor: .sample(try #require(words.last)), by: framework)
        case "launches": agent.launch(words.map { .sample($0) }, by: framework)
        case "kills": agent.kill(words[0], grace: words.count > 1 ? .seconds(try #require(Int(words[2]))) : nil)
        case "acknowledges":
            guard let update = unacknowledged[words[0]]?.first else { throw ConversationError("\(words[0]) has nothing to acknowledge") }
            unacknowledged[words[0]]?.removeFirst()
            agent.acknowledge(update)
        case "removes": agent.event(.shutdownFramework) { $0.shutdownFramework.frameworkID.value = CoreHarness.framework.value }
        default: throw ConversationError("a master does not know how it \(verb)")
        }
    }

    private mutating func container(_ name: String, _ words: [String]) throws {
        guard let id = names.first(where: { $0.value == name })?.key else { throw ConversationError("nothing is called \(name)") }
        switch words[0] {
        case "runs":
            found[id] = .running(pid: 7)
            agent.launched(id)
        case "fails":
            names[id] = nil
            agent.handle(.containerLaunchFailed(id, message: "no such image"))
        case "exits": end(id, ContainerExit(waitStatus: try #require(Int32(words[1])) << 8), isTold: !words.contains("unseen"))
        case "dies": end(id, ContainerExit(waitStatus: 9), isTold: !words.contains("unseen"))
        case "needs": end(id, ContainerExit(waitStatus: 9, limitation: .memory(limitBytes: 32 << 20)), isTold: true)
        default: throw ConversationError("a container does not know how it \(words[0])")
        }
    }

    private mutating func end(_ id: ContainerID, _ exit: ContainerExit, isTold: Bool) {
        found[id] = .ended(exit)
        if isTold { agent.handle(.containerEnded(id, exit)) }
    }

    private mutating func restart(keepsContainers: Bool) {
        restarts += 1
        let old = agent
        if !keepsContainers { found = [:] }
        agent = CoreHarness(seed: restarts)
        agent.now = old.now
        agent.disk = old.disk
        let containers = found.sorted { $0.key < $1.key }.map { FoundContainer(id: $0.key, state: $0.value, isStandalone: false) }
        agent.recover(old.disk, containers)
        agent.handle(.start)
    }

    // MARK: What the agent does, in words

    private mutating func lines(of effect: AgentEffect) -> [String] {
        switch effect {
        case .persist(let change): return line(of: change).map { ["disk: \($0)"] } ?? []
        case .connect(_, let call): return ["dials with \(call.subscribe.tasks.map { "\($0.taskID.value) \($0.state)" })"]
        case .disconnect: return ["hangs up"]
        case .send(_, let call): return lines(of: call)
        case .launch(let launch): return ["launches the container of \(name(launch.id))"]
        case .signal(let id, let signal): return ["sends signal \(signal) to the container of \(name(id))"]
        case .destroy(let id): return ["destroys the container of \(name(id))"]
        case .forget(let id):
            found[id] = nil
            return ["forgets the container of \(name(id))"]
        case .update(let id, _): return ["changes the limits of the container of \(name(id))"]
        case .openStream(let stream, _): return ["opens stream-\(stream.number)"]
        case .sendToExecutor(let stream, let event): return ["sends \(event.type) on stream-\(stream.number)"]
        case .closeStream(let stream): return ["closes stream-\(stream.number)"]
        case .answer(_, let status, _): return ["answers \(status)"]
        case .probe(let probe): return ["probes \(probe.id.task.task)"]
        case .stopProbe: return ["stops a probe"]
        case .abort(let reason): return ["ends: \(reason)"]
        case .stopped: return ["has stopped"]
        case .log: return []
        }
    }

    private func name(_ id: ContainerID) -> String { names[id] ?? "nobody" }

    private mutating func line(of change: StorageChange) -> String? {
        switch change {
        case .putAgentID(let id): return "agent id \(id)"
        case .putFramework, .deleteFramework, .putLife, .putDescription, .dropUpdates, .putEndedTask, .trimEndedTasks: return nil
        case .putExecutor(let executor):
            if executor.kind == .default || names[executor.container] == nil { names[executor.container] = executor.key.executor.value }
            return executor.kind == .default ? "executor \(executor.key.executor)" : nil
        case .deleteExecutor(let key): return "no executor \(key.executor)"
        case .putTask(let task):
            if let container = task.container { names[container] = task.key.task.value }
            return "task \(task.key.task)\(task.kill.map { " with a kill (\($0.cause))" } ?? "")"
        case .deleteTask(let key): return "no task \(key.task)"
        case .putUpdate(let key, _, let update): return "\(key.task) \(update.status.state)"
        case .acknowledge(let key, let number): return "\(key.task) update \(number + 1) acknowledged"
        }
    }

    private mutating func lines(of call: Agora_V1_AgentCall) -> [String] {
        switch call.type {
        case .heartbeat: return []
        case .updateStatus:
            return call.updateStatus.updates.map { update in
                let task = update.status.taskID.value
                if unacknowledged[task]?.last?.status.uuid != update.status.uuid { unacknowledged[task, default: []].append(update) }
                let newest = update.latestState == update.status.state ? "" : ", now \(update.latestState)"
                let reason = update.status.hasReason ? " (\(update.status.reason))" : ""
                return "sends UPDATE \(task) \(update.status.state)\(reason)\(newest)"
            }
        case .executorExited: return ["sends EXECUTOR_EXITED \(call.executorExited.executorID.value) \(call.executorExited.status)"]
        default: return ["sends \(call.type)"]
        }
    }
}

struct ConversationError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
