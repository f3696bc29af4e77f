import Glibc
public import LinuxKernel
import Synchronization

/// Which profile a container's programs run by.
public enum SeccompChoice: Hashable, Sendable {
    /// The machine's default.
    case standard
    /// A file in the machine's folder of profiles.
    case named(String)
    /// None: every call that the kernel has.
    case unconfined
}

/// The profiles of a machine, compiled once for each set of capabilities that they ask about.
public final class SeccompProfiles: Sendable {
    private struct Key: Hashable {
        var name: String?
        var version: FileVersion?
        var capabilities: CapabilitySet
    }

    private let folder: String?
    private let defaultName: String?
    private let kernel: KernelVersion
    private let compiled = Mutex<[Key: SeccompFilter]>([:])

    /// The most filters that are kept.
    private static let limit = 256

    /// This program's own profile only.
    public init() {
        folder = nil
        defaultName = nil
        kernel = Self.runningKernel()
    }

    /// - Parameters:
    ///   - folder: where named profiles stand, absolute; nothing: there are none.
    ///   - defaultName: the one for all containers that choose none; nothing: this program's own, for those with an image.
    /// - Throws: what is wrong with the default profile: a machine with a broken one is not to run anything.
    public init(folder: String?, defaultName: String?) throws(SeccompError) {
        self.folder = folder
        self.defaultName = defaultName
        kernel = Self.runningKernel()
        if let defaultName { _ = try filter(named: defaultName, .ofImages) }
    }

    /// The filter for a container; nothing: it is not filtered.
    ///
    /// - Parameters:
    ///   - hasImageRoot: whether it sees an image's files instead of the machine's.
    ///   - capabilities: what its programs can have at most.
    public func filter(
        for choice: SeccompChoice,
        hasImageRoot: Bool,
        capabilities: CapabilitySet
    ) throws(SeccompError) -> SeccompFilter? {
        switch choice {
        case .unconfined: return nil
        case .named(let name): return try filter(named: name, capabilities)
        case .standard:
            if let defaultName { return try filter(named: defaultName, capabilities) }
            return hasImageRoot ? try filter(Key(name: nil, version: nil, capabilities: capabilities)) { .standard } : nil
        }
    }

    private func filter(named name: String, _ capabilities: CapabilitySet) throws(SeccompError) -> SeccompFilter {
        guard let folder else {
            throw SeccompError("this agent has no folder of profiles; start it with --seccomp-config-dir").of(name)
        }
        guard !name.isEmpty, !name.contains("/"), !name.utf8.contains(0), name != ".", name != ".." else {
            throw SeccompError("the name must be that of a file in \(folder)").of(name)
        }
        let path = "\(folder)/\(name)"
        do {
            let version = try FileVersion(of: path)
            return try filter(Key(name: name, version: version, capabilities: capabilities)) { () throws(SeccompError) in
                try SeccompProfile(reading: Self.content(of: path))
            }
        } catch {
            throw error.of(name)
        }
    }

    private static func content(of path: String) throws(SeccompError) -> [UInt8] {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { throw SeccompError("cannot open \(path): \(KernelError.reason(of: errno))") }
        do {
            return try Descriptor(owning: number).readAll(limit: SeccompProfile.maximumSize, describedAs: path)
        } catch {
            throw SeccompError("\(error)")
        }
    }

    private func filter(_ key: Key, _ profile: () throws(SeccompError) -> SeccompProfile) throws(SeccompError) -> SeccompFilter {
        if let known = compiled.withLock({ $0[key] }) { return known }
        let filter = try SeccompFilter(try profile(), capabilities: key.capabilities, kernel: kernel)
        compiled.withLock { compiled in
            // Who compiles so many would not find the old ones again anyway.
            if compiled.count >= Self.limit { compiled = [:] }
            compiled[key] = filter
        }
        return filter
    }

    private static func runningKernel() -> KernelVersion {
        let text = (try? SmallFile.read("/proc/sys/kernel/osrelease")) ?? ""
        // One that does not say what it is counts as the oldest that containers run on.
        return KernelVersion(text) ?? KernelVersion(major: 5, minor: 14)
    }
}

/// Tells one content of a file from the next.
private struct FileVersion: Hashable {
    private let device: UInt
    private let node: UInt
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    init(of path: String) throws(SeccompError) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw SeccompError("cannot look at \(path): \(KernelError.reason(of: errno))") }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw SeccompError("\(path) is no file") }
        (device, node, size) = (UInt(facts.st_dev), UInt(facts.st_ino), Int(facts.st_size))
        (seconds, nanoseconds) = (facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec)
    }
}
