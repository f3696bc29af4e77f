import AgentCore
import Cluster
import Containers
import LinuxKernel

/// Reads what containers wrote last, for those who ask later why they ended.
enum LastOutput {
    private static let endOfLine = UInt8(ascii: "\n")

    /// The ends of the outputs that are there. Blocking.
    static func read(in folder: Folder) -> [ContainerExit.OutputEnd] {
        ["stdout", "stderr"].compactMap { name in
            guard let newest = try? LogFile.newest(name, in: folder) else { return nil }
            return end(of: newest, name)
        }
    }

    /// Whole lines, if there is a whole one in what may be kept.
    private static func end(of newest: LogFile, _ name: String) -> ContainerExit.OutputEnd {
        let limit = AgentLimits.lastOutputBytes
        var bytes = bytes(of: newest, limit)
        // A new file may just have been begun.
        if bytes.count < limit, let older = newest.previous() { bytes = self.bytes(of: older, limit - bytes.count) + bytes }
        let size = newest.before
        if size > bytes.count, let end = bytes.firstIndex(of: endOfLine), end < bytes.count - 1 { bytes.removeFirst(end + 1) }
        return ContainerExit.OutputEnd(name: name, size: Int64(size), bytes: bytes)
    }

    /// The last of a file.
    private static func bytes(of file: LogFile, _ count: Int) -> [UInt8] {
        let count = min(count, file.offset)
        return file.file.bytes(at: file.offset - count, count: count)
    }
}

extension Containerizer {
    /// The folder that a container's output goes into. All in it, and above it up to the outermost container's, may be
    /// the work of containers: no link is followed.
    func outputFolder(of status: ContainerStatus) throws(KernelError) -> Folder {
        guard status.id.depth > 1, let root = try? self.status(of: status.id.root).sandbox, status.sandbox.hasPrefix(root + "/")
        else { return try Folder.open(status.sandbox) }
        return try Folder.open(root).folder(String(status.sandbox.dropFirst(root.count + 1)))
    }

    /// What an ended container wrote last; nothing if that cannot be read. Blocking.
    func lastOutput(of id: ContainerID) -> [ContainerExit.OutputEnd] {
        guard let status = try? status(of: id), let folder = try? outputFolder(of: status) else { return [] }
        return LastOutput.read(in: folder)
    }
}
