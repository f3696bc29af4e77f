import MesosMessages

/// What a task says by labels, because Mesos has no field for it; to Mesos itself these labels mean nothing.
///
/// | label | value |
/// |---|---|
/// | `agora.working_directory` | where the command starts: absolute, or relative to the sandbox |
/// | `agora.read_only_root` | `true`: nothing can be written to the root of the image |
/// | `agora.device` | a device of the machine, by its path below /dev; the label may stand there several times |
/// | `agora.pids_limit` | how many processes and threads there may be |
/// | `agora.cpuset_cpus` | the processors that it runs on, as `0-3,8` |
/// | `agora.io_weight` | its share of the disks when these are busy, 1 to 10000; 100 is usual |
/// | `agora.arguments` | `replace-command`: arguments replace the image's command, as with `docker run` |
/// | `agora.tmpfs` | a file system in memory: see ``VolumeWishes`` |
/// | `agora.stdin` | `open`: the command's input stays open for those who attach to it |
struct TaskOptions {
    var workingDirectory: String?
    var replacesImageCommand = false
    var keepsInput = false
    var hasReadOnlyRoot = false
    var devices: [String] = []
    var pids: Int64?
    var processors: String?
    var ioWeight: Int64?

    /// Whether the task asks for limits that only a cgroup of its own can have.
    var needsCgroup: Bool { pids != nil || processors != nil || ioWeight != nil }

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
            case "agora.read_only_root":
                guard label.value == "true" || label.value == "false" else {
                    throw LaunchRefusal("labels.agora.read_only_root: must be true or false, is \"\(label.value)\"")
                }
                hasReadOnlyRoot = label.value == "true"
            case "agora.pids_limit": pids = try Self.number(label, 1...4_194_304)
            case "agora.io_weight": ioWeight = try Self.number(label, 1...10_000)
            case "agora.cpuset_cpus": processors = label.value
            case "agora.device": devices.append(label.value)
            default: continue
            }
        }
    }

    private static func number(_ label: Mesos_V1_Label, _ range: ClosedRange<Int64>) throws(LaunchRefusal) -> Int64 {
        guard let number = Int64(label.value), range.contains(number) else {
            throw LaunchRefusal(
                "labels.\(label.key): must be a number from \(range.lowerBound) to \(range.upperBound), is \"\(label.value.prefix(40))\""
            )
        }
        return number
    }

    private static func path(_ path: String) throws(LaunchRefusal) -> String {
        guard !path.isEmpty, !path.contains("\0"), !path.split(separator: "/").contains("..") else {
            throw LaunchRefusal("labels.agora.working_directory: must be a path without \"..\" and NUL, is \"\(path)\"")
        }
        return path
    }
}
