import MesosMessages

/// What a task says by labels, because Mesos has no field for it; to Mesos itself these labels mean nothing.
///
/// | label | value |
/// |---|---|
/// | `agora.working_directory` | where the command starts: absolute, or relative to the sandbox |
/// | `agora.arguments` | `replace-command`: arguments replace the image's command, as with `docker run` |
/// | `agora.stdin` | `open`: the command's input stays open for those who attach to it |
struct TaskOptions {
    var workingDirectory: String?
    var replacesImageCommand = false
    var keepsInput = false

    init(_ labels: Mesos_V1_Labels) throws(LaunchRefusal) {
        for label in labels.labels {
            switch label.key {
            case "agora.working_directory": workingDirectory = try Self.path(label.value)
            case "agora.arguments":
                guard label.value == "replace-command" else {
                    throw LaunchRefusal("labels.agora.arguments: must be \"replace-command\", is \"\(label.value)\"")
                }
                replacesImageCommand = true
            case "agora.stdin":
                guard label.value == "open" else {
                    throw LaunchRefusal("labels.agora.stdin: must be \"open\", is \"\(label.value)\"")
                }
                keepsInput = true
            default: continue
            }
        }
    }

    private static func path(_ path: String) throws(LaunchRefusal) -> String {
        guard !path.isEmpty, !path.contains("\0"), !path.split(separator: "/").contains("..") else {
            throw LaunchRefusal("labels.agora.working_directory: must be a path without \"..\" and NUL, is \"\(path)\"")
        }
        return path
    }
}
