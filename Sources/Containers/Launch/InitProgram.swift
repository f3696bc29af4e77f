import Glibc
import LinuxKernel

/// The program that becomes the first process of each container.
enum InitProgram {
    private static let name = "ContainerInit"

    /// A copy of it that nothing can change.
    static func load(_ path: String?) throws(ContainerError) -> Descriptor {
        guard let path = path ?? find() else {
            throw .unusable(reason: "the program \(name) is not beside this one; install both in one folder, or name its path")
        }
        do {
            return try SealedProgram.copy(of: path)
        } catch {
            throw .unusable(reason: "\(error)")
        }
    }

    /// Beside this program, or where `make install` puts programs that are not for people.
    private static func find() -> String? {
        guard let own = ownPath() else { return nil }
        let folder = Path.split(own).folder
        return ["\(folder)/\(name)", "\(Path.split(folder).folder)/libexec/agora/\(name)"].first { access($0, X_OK) == 0 }
    }

    private static func ownPath() -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX) + 1) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let size = readlink("/proc/self/exe", start, Int(PATH_MAX))
            guard size > 0 else { return nil }
            return String(decoding: buffer[..<size].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
