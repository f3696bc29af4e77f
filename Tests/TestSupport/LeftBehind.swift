import Foundation

/// What a cluster of a test has on this machine beside itself: its containers' processes, mounts and cgroups.
///
/// Its work folder tells what is its own: the path stands in the environment of every container, and in every mount.
public struct LeftBehind: Sendable {
    private let folder: String
    /// The agent's own cgroup below each hierarchy: `agora/AGENT`.
    private let cgroup: String

    /// Learns where the agent keeps its containers' cgroups, from a container that runs now; nil if none does.
    public init?(folder: String) {
        self.folder = folder
        let containers = Self.processes(of: folder).flatMap(Self.cgroups)
        guard let container = containers.first(where: { $0.hasPrefix("/agora/") }) else { return nil }
        cgroup = container.split(separator: "/").prefix(2).joined(separator: "/")
    }

    /// One line for each thing that is there now.
    public var all: [String] {
        Self.processes(of: folder).map { "process \($0)" } + mounts.map { "mount \($0)" } + containerCgroups.map { "cgroup \($0)" }
    }

    private static func processes(of folder: String) -> [Int32] {
        let marker = Data(folder.utf8)
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return numbers.filter { number in
            FileManager.default.contents(atPath: "/proc/\(number)/environ")?.range(of: marker) != nil
        }
    }

    /// The third fields of cgroups(7), /proc/pid/cgroup: `number:controllers:path`.
    private static func cgroups(of number: Int32) -> [String] {
        let text = (try? String(contentsOfFile: "/proc/\(number)/cgroup", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).last.map(String.init)
        }
    }

    /// Mounts below the folder; one on the folder itself is the test's.
    private var mounts: [String] {
        let table = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        return table.split(separator: "\n").map(String.init).filter { $0.contains(folder + "/") }
    }

    /// In every hierarchy of version 1, and in version 2's, alone or beside them.
    private var containerCgroups: [String] {
        let top = "/sys/fs/cgroup"
        let hierarchies = [top] + Self.folders(in: top)
        return hierarchies.flatMap { Self.folders(in: "\($0)/\(cgroup)") }
    }

    private static func folders(in path: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.map { "\(path)/\($0)" }.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
        }
    }
}
