import Glibc
import Images
import LinuxKernel

/// Writes below one folder, and never anywhere else.
///
/// Every folder is reached from the one above it by its descriptor, and no symbolic link is followed, whoever put it
/// there; the last part of a path is always made anew. So there is no moment at which a name could come to mean
/// something outside.
struct SandboxTree: Sendable {
    let root: Descriptor
    /// To whom all belongs; nothing: to this process's own user.
    let owner: FileOwner?
    let budget: FetchBudget

    /// A folder, made with those above it where they are missing.
    ///
    /// - Parameter path: relative, ended by NUL.
    func folder(_ path: [CChar]) throws(FetchError) -> Descriptor {
        var current = root
        for name in path.dropLast().split(separator: Self.slash) {
            current = try folder(Array(name) + [0], in: current, of: path)
        }
        return current
    }

    /// A folder that is there; nothing if there is none.
    func existingFolder(_ path: [CChar]) -> Descriptor? {
        var current = root
        for name in path.dropLast().split(separator: Self.slash) {
            let number = openat(current.number, Array(name) + [0], Self.folderFlags)
            guard number >= 0 else { return nil }
            current = Descriptor(owning: number)
        }
        return current
    }

    private func folder(_ name: [CChar], in parent: Descriptor, of path: [CChar]) throws(FetchError) -> Descriptor {
        var number = openat(parent.number, name, Self.folderFlags)
        if number < 0 && errno == ENOENT {
            try budget.spendEntry()
            guard mkdirat(parent.number, name, 0o755) == 0 || errno == EEXIST else { throw Self.failure("make the folder", path) }
            number = openat(parent.number, name, Self.folderFlags)
            guard number >= 0 else { throw Self.failure("open the folder", path) }
            let folder = Descriptor(owning: number)
            try finish(folder, mode: 0o755, path)
            return folder
        }
        guard number >= 0 else {
            guard errno == ENOTDIR || errno == ELOOP else { throw Self.failure("open the folder", path) }
            throw FetchError(
                .unsafeArchive,
                "the way into \(Self.shown(path)) leads through \(Self.shown(name)), which is a file or a symbolic link; nothing is written through links"
            )
        }
        return Descriptor(owning: number)
    }

    /// A new file for writing and reading, in the place of a file or link of that name.
    func file(_ name: [CChar], in parent: Descriptor, of path: [CChar]) throws(FetchError) -> Descriptor {
        var number: Int32 = -1
        try make(name, in: parent, of: path) {
            number = openat(parent.number, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            return number >= 0
        }
        return Descriptor(owning: number)
    }

    /// Makes something by `attempt`, which says whether it worked and else leaves `errno`; what has the name gives way,
    /// unless it is a folder.
    func make(_ name: [CChar], in parent: Descriptor, of path: [CChar], _ attempt: () -> Bool) throws(FetchError) {
        if attempt() { return }
        guard errno == EEXIST else { throw Self.failure("make", path) }
        guard unlinkat(parent.number, name, 0) == 0 else {
            guard errno == EISDIR else { throw Self.failure("replace", path) }
            throw FetchError(.unsafeArchive, "\(Self.shown(path)) is a folder already and cannot become something else")
        }
        guard attempt() else { throw Self.failure("make", path) }
    }

    /// Gives something its owner and its permissions, without any that let a program run as another user.
    func finish(_ file: Descriptor, mode: mode_t, _ path: [CChar]) throws(FetchError) {
        if let owner, fchown(file.number, owner.user, owner.group) != 0 { throw Self.failure("set the owner of", path) }
        guard fchmod(file.number, mode & 0o777) == 0 else { throw Self.failure("set the permissions of", path) }
    }

    private static let slash = CChar(bitPattern: UInt8(ascii: "/"))
    private static let folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    static func shown(_ path: [CChar]) -> String { quoted(text(path)) }

    static func text(_ path: [CChar]) -> String {
        String(decoding: path.lazy.map { UInt8(bitPattern: $0) }.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The failure of a system call, from `errno`.
    static func failure(_ attempt: String, _ path: [CChar]) -> FetchError {
        let number = errno
        let advice = number == ENOSPC || number == EDQUOT ? "; the disk of the agent's machine is full" : ""
        return FetchError(.storage, "cannot \(attempt) \(shown(path)): \(KernelError.reason(of: number))\(advice)")
    }
}
