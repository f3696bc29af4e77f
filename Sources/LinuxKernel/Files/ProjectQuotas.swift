import CLinuxKernel
import Glibc

/// What the files of a project take together in a file system, counted and limited by the kernel as they are written.
///
/// Of ext4 and xfs, every file belongs to a project, a number; 0 is that of all others. Nothing has to be walked through to know
/// what a project takes (quotactl(2)). Programs with CAP_SYS_RESOURCE on the machine may go beyond a limit on ext4.
public struct ProjectQuotas: Sendable {
    /// What the files of a project take.
    public struct Usage: Hashable, Sendable {
        /// In bytes, as the file system gives them out.
        public var bytes: Int64
        /// Files, folders and links; those that are removed and still open are among them.
        public var files: Int64
    }

    private let folder: Descriptor
    private let path: String
    private let device: dev_t

    /// The projects of the file system that a folder is in.
    ///
    /// - Throws: if it does not limit what they take; `EOPNOTSUPP` if it could and was mounted without.
    public init(of folder: Folder) throws(KernelError) {
        let attempt = "limit what projects take in the file system of \(folder.path)"
        // A reference alone is not enough for every call (open(2), O_PATH).
        self.folder = try folder.file(".", flags: O_RDONLY | O_DIRECTORY)
        let isLimiting = try KernelError.checkNegative(agora_limits_projects(self.folder.number), attempt)
        guard isLimiting == 1 else { throw KernelError(attempt, code: EOPNOTSUPP) }
        path = folder.path
        device = try folder.device()
    }

    /// Whether a folder is in this file system.
    public func contains(_ other: Folder) throws(KernelError) -> Bool { try other.device() == device }

    /// Limits what the files of a project take together.
    ///
    /// - Parameter bytes: rounded down to whole KiB, at least one; nothing: as much as there is.
    public func limit(_ project: UInt32, to bytes: Int64?) throws(KernelError) {
        let kilobytes = bytes.map { UInt64(max($0 / 1024, 1)) } ?? 0
        let result = agora_limit_project(folder.number, project, kilobytes)
        _ = try KernelError.checkNegative(result, "limit the project \(project) in the file system of \(path)")
    }

    /// What the files of a project take.
    public func usage(of project: UInt32) throws(KernelError) -> Usage {
        var (bytes, files): (UInt64, UInt64) = (0, 0)
        let result = agora_project_usage(folder.number, project, &bytes, &files)
        _ = try KernelError.checkNegative(result, "ask what the project \(project) takes in the file system of \(path)")
        return Usage(bytes: Int64(clamping: bytes), files: Int64(clamping: files))
    }
}

extension Folder {
    fileprivate func device() throws(KernelError) -> dev_t {
        var facts = stat()
        guard fstat(descriptor.number, &facts) == 0 else { throw KernelError("look at \(path)", code: errno) }
        return facts.st_dev
    }
}
