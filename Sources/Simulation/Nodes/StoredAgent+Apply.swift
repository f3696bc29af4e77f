package import AgentCore

extension StoredAgent {
    /// Does what the shell's tables do with one change.
    package mutating func apply(_ change: StorageChange) {
        switch change {
        case .putAgentID(let id): self.id = id
        case .putLife(let number): life = number
        case .putDescription(let description): self.description = description
        case .putFramework(let id, let info): frameworks[id] = info
        case .deleteFramework(let id): frameworks[id] = nil
        case .putExecutor(let executor):
            if let index = executors.firstIndex(where: { $0.key == executor.key }) {
                executors[index] = executor
            } else {
                executors.append(executor)
            }
        case .deleteExecutor(let key): executors.removeAll { $0.key == key }
        case .putTask(let task): put(task)
        case .deleteTask(let key): tasks.removeAll { $0.key == key }
        case .putUpdate(let key, _, let update):
            if let index = tasks.firstIndex(where: { $0.key == key }) { tasks[index].updates.append(update) }
        case .dropUpdates(let key, let number):
            guard let index = tasks.firstIndex(where: { $0.key == key }) else { return }
            let count = number - tasks[index].dropped
            tasks[index].updates.removeFirst(count)
            tasks[index].acknowledged -= count
            tasks[index].dropped = number
        case .acknowledge(let key, let number):
            guard let index = tasks.firstIndex(where: { $0.key == key }) else { return }
            tasks[index].acknowledged = number + 1 - tasks[index].dropped
        // For people who ask; nothing depends on it.
        case .putEndedTask, .trimEndedTasks: break
        }
    }

    /// A task's updates come apart.
    private mutating func put(_ new: StoredTask) {
        var task = new
        let index = tasks.firstIndex { $0.key == task.key }
        task.updates = index.map { tasks[$0].updates } ?? []
        task.acknowledged = index.map { tasks[$0].acknowledged } ?? 0
        task.dropped = index.map { tasks[$0].dropped } ?? 0
        if let index { tasks[index] = task } else { tasks.append(task) }
    }
}
