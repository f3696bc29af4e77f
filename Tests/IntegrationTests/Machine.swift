import Foundation

/// What this machine runs and has mounted, as far as it belongs to one test: its folder's path is in every container's
/// environment and in every mount.
struct Machine {
    let folder: String

    /// Processes of containers, by the environment that the agent gave them.
    var processes: [Int32] {
        let marker = Data(folder.utf8)
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return numbers.filter { number in
            guard let environment = FileManager.default.contents(atPath: "/proc/\(number)/environ") else { return false }
            return environment.range(of: marker) != nil
        }
    }

    var mounts: [String] {
        let table = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        return table.split(separator: "\n").map(String.init).filter { $0.contains(folder) }
    }

    /// The folders of the cgroups in which the processes are now.
    var cgroups: [String] {
        let lines = processes.flatMap { number in
            ((try? String(contentsOfFile: "/proc/\(number)/cgroup", encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
        }
        let folders = lines.compactMap { line -> String? in
            // See cgroups(7), /proc/pid/cgroup: number:controllers:path
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, fields[2].contains("agora") else { return nil }
            let hierarchy = fields[1].isEmpty ? "" : "/\(fields[1])"
            return "/sys/fs/cgroup\(hierarchy)\(fields[2])"
        }
        return Set(folders).filter { FileManager.default.fileExists(atPath: $0) }.sorted()
    }
}

/// The repository, where the examples are.
let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

func example(_ name: String) -> String { repository.appending(path: "examples/\(name)").path }
