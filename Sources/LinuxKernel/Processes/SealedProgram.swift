import Glibc

/// A copy of a program in memory that nobody can change any more.
///
/// A process that runs from it shows it as its `/proc/PID/exe`; who opens that for writing is refused, so no container
/// can change a program of the host (CVE-2019-5736).
public enum SealedProgram {
    /// The largest program that is copied.
    public static let limit = 64 << 20

    /// Copies the program at a path.
    public static func copy(of path: String) throws(KernelError) -> Descriptor {
        let number = try KernelError.check(open(path, O_RDONLY | O_CLOEXEC), "open the program \(path)")
        let content = try Descriptor(owning: number).readAll(limit: limit, describedAs: path)
        let copy = try Descriptor.memoryFile("agora-init", content: content)
        try copy.seal()
        return copy
    }
}
