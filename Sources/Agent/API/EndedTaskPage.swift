import AgentCore
import Cluster
import CoreLoop
import HTTPService
import MesosAPI
import MesosMessages
import NIOPosix
import Storage

/// `GET /why?task_id=ID[&framework_id=ID]`: how tasks of that id ended here, the newest first.
struct EndedTaskPage: Sendable {
    let store: AgentStore
    let limits: EndedTaskLimits

    func add(to router: inout Router) {
        router.on(.get, "/why") { request, responder in
            Task {
                do throws(Refusal) {
                    let tasks = try await tasks(request.query)
                    var writer = JSONWriter()
                    writer.object { $0.array("tasks", tasks) { writer, task in writer.object(task.write) } }
                    responder.respond(json: writer.bytes, to: request)
                } catch {
                    responder.refuse(error.status, error.message)
                }
            }
        }
    }

    private func tasks(_ query: HTTPQuery) async throws(Refusal) -> [EndedTask] {
        guard let id = query["task_id"], !id.isEmpty else {
            throw Refusal(400, "task_id: missing; it names the task that has ended")
        }
        let tasks = try await read(TaskID(id), of: query["framework_id"].map { FrameworkID($0) })
        guard !tasks.isEmpty else {
            throw Refusal(
                404,
                "task_id: no end of a task \(id.prefix(100)) is known here; it still runs, was never here, or ended longer ago than the "
                    + "last \(limits.count) tasks or \(limits.age.mesosText) (--max-ended-task-count, --max-ended-task-age)"
            )
        }
        return tasks
    }

    private func read(_ task: TaskID, of framework: FrameworkID?) async throws(Refusal) -> [EndedTask] {
        let oldest = SteadyClock().now + (.zero - limits.age)
        // The disk may have to be asked.
        let result = try? await NIOThreadPool.singleton.runIfActive { [store] in
            Result { () throws(StorageError) in try store.endedTasks(task, of: framework, since: oldest) }
        }
        guard let result else { throw Refusal(503, "the agent is ending") }
        do throws(StorageError) {
            return try result.get()
        } catch {
            throw Refusal(500, "cannot read how the task ended: \(error)")
        }
    }
}

extension EndedTask {
    /// As the page shows it; what is not known is left out.
    fileprivate func write(to writer: inout JSONWriter) {
        writer.field("task_id", key.task.value)
        writer.field("framework_id", key.framework.value)
        writer.field("name", name)
        if let executor { writer.field("executor_id", executor.value) }
        if let container { writer.field("container_id", container.description) }
        writer.field("state", status.state.name)
        if status.hasReason { writer.field("reason", "REASON_\(status.reason.name)") }
        if status.hasSource { writer.field("source", "SOURCE_\(status.source.name)") }
        if !status.message.isEmpty { writer.field("message", status.message) }
        if let started { writer.field("started", started.seconds) }
        writer.field("ended", ended.seconds)
        if let exit { exit.write(to: &writer) }
    }
}

extension ContainerExit {
    fileprivate func write(to writer: inout JSONWriter) {
        if let exitStatus { writer.field("exit_status", Int(exitStatus)) }
        if let signal { writer.field("signal", Int(signal)) }
        writer.field("words", words)
        if let use { writer.object("use") { use.write(to: &$0) } }
        writer.object("last_output") { writer in
            for output in lastOutput {
                writer.object(output.name) { writer in
                    writer.field("size", Int(output.size))
                    writer.field("text", String(decoding: output.bytes, as: UTF8.self))
                }
            }
        }
    }
}

extension ContainerExit.Use {
    fileprivate func write(to writer: inout JSONWriter) {
        if let memoryPeakBytes { writer.field("memory_peak_bytes", Int(memoryPeakBytes)) }
        if let memoryLimitBytes { writer.field("memory_limit_bytes", Int(memoryLimitBytes)) }
        if let cpuUserMicroseconds { writer.field("cpu_user_secs", Double(cpuUserMicroseconds) / 1e6) }
        if let cpuSystemMicroseconds { writer.field("cpu_system_secs", Double(cpuSystemMicroseconds) / 1e6) }
        writer.field("shared", isShared)
    }
}
