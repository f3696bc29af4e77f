import ArgumentParser

/// The argument by which commands are told a task.
enum TaskName {
    static let help: ArgumentHelp = "Id of a task, or name of a pod; see `agora ps --all`."

    static var completion: CompletionKind { LiveNames.tasks { _ in true } }
    static var activeCompletion: CompletionKind { LiveNames.tasks(\.isActive) }
}
