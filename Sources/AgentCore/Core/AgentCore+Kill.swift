import Cluster
import HashTreeCollections
import MesosMessages

private let terminationSignal: Int32 = 15  // SIGTERM on every Linux

extension AgentCore {
    /// A framework wants a task gone; the others of its group go with it.
    mutating func kill(_ event: Agora_V1_AgentEvent.Kill, _ turn: inout Turn) {
        guard let key = TaskKey(event.frameworkID, event.taskID), let task = tasks[key], task.phase != .ended else {
            return turn.log(.info, "ignored a kill of a task that does not run here", ["task": event.taskID.value])
        }
        guard task.stored.delivery == nil else { return killCustom(task, event.hasKillPolicy ? event.killPolicy : nil, &turn) }
        kill(key, .requested, grace: event.hasKillPolicy ? event.killPolicy.grace : nil, &turn)
        killGroup(of: task, &turn)
    }

    /// Kills the tasks that were launched together with one that ended or is killed.
    mutating func killGroup(of task: TaskRecord, _ turn: inout Turn) {
        guard task.stored.delivery == nil, let key = task.stored.executor, let executor = executors[key] else { return }
        for other in executor.tasks where other != task.key && tasks[other]?.stored.group == task.stored.group {
            kill(other, .group, grace: nil, &turn)
        }
    }

    /// Begins to kill a task, or shortens the grace of a kill that has begun; it is never prolonged.
    ///
    /// - Parameter grace: from SIGTERM until force; nothing: what the task itself says.
    mutating func kill(_ key: TaskKey, _ cause: KillProgress.Cause, grace: Duration?, _ turn: inout Turn) {
        guard let task = tasks[key], task.phase != .ended else { return }
        let grace = grace ?? (task.stored.info.hasKillPolicy ? task.stored.info.killPolicy.grace : nil) ?? AgentLimits.killGrace
        if let kill = task.stored.kill { return shorten(kill, of: key, cause, grace, &turn) }
        switch task.phase {
        case .ended: return
        case .waiting:
            end(key, .killed(cause, words: "the task was killed before it ran", during: true), &turn)
        case .launching:
            // Others of its group may end before its launch is done: if that comes soon, its start is told first.
            let deadline = cause == .group ? turn.now + grace : turn.now
            begin(KillProgress(cause: cause, began: turn.now, deadline: deadline), of: key, &turn)
            passKillTime(key, &turn)
        case .running:
            let deadline = cause == .completionTime ? turn.now : turn.now + grace
            begin(KillProgress(cause: cause, began: turn.now, deadline: deadline), of: key, &turn)
            terminate(key, &turn)
        }
    }

    /// Asks the program of a task whose kill has begun to end.
    mutating func terminate(_ key: TaskKey, _ turn: inout Turn) {
        guard let task = tasks[key], let kill = task.stored.kill, let container = task.stored.container else { return }
        if kill.cause != .completionTime, frameworks[key.framework]?.has(.taskKillingState) == true {
            report(key, StatusReport(state: .taskKilling), &turn)
        }
        guard kill.deadline > turn.now else { return passKillTime(key, &turn) }
        turn.effects.append(.signal(container, terminationSignal))
    }

    private mutating func begin(_ kill: KillProgress, of key: TaskKey, _ turn: inout Turn) {
        tasks[key]?.stored.kill = kill
        stopChecks(key, &turn)
        persist(key, &turn)
        timers.set(.kill(key), at: kill.deadline)
    }

    private mutating func shorten(
        _ kill: KillProgress,
        of key: TaskKey,
        _ cause: KillProgress.Cause,
        _ grace: Duration,
        _ turn: inout Turn
    ) {
        var shorter = kill
        shorter.deadline = min(kill.deadline, max(turn.now, kill.began + grace))
        if cause == .requested && kill.cause == .group { shorter.cause = .requested }
        guard shorter != kill else { return }
        begin(shorter, of: key, &turn)
        if shorter.deadline <= turn.now { passKillTime(key, &turn) }
    }

    /// The grace is over: force, and again every second until the container's end is reported.
    mutating func passKillTime(_ key: TaskKey, _ turn: inout Turn) {
        guard let task = tasks[key], task.phase != .ended, task.stored.delivery == nil, var kill = task.stored.kill,
            kill.deadline <= turn.now,
            let container = task.stored.container
        else { return }
        turn.effects.append(.destroy(container))
        kill.deadline = turn.now + AgentLimits.killRetry
        tasks[key]?.stored.kill = kill
        timers.set(.kill(key), at: kill.deadline)
    }

    func persist(_ key: TaskKey, _ turn: inout Turn) {
        guard let task = tasks[key] else { return }
        turn.effects.append(.persist(.putTask(task.stored)))
    }
}
