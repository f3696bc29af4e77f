import Glibc
import MesosMessages

/// A file or a folder in a sandbox.
struct SandboxEntry: Encodable, Hashable, Sendable {
    enum Kind: String, Encodable, Sendable {
        case file, folder, link, other
    }

    let name: String
    let kind: Kind
    /// As ls(1) shows it: "-rw-r--r--".
    let mode: String
    /// As of chmod(2).
    let permissions: UInt32
    /// In bytes.
    let size: UInt64
    /// When its content changed last, in seconds since 1970.
    let changed: Double
    let user: String
    let group: String

    private enum CodingKeys: String, CodingKey {
        case name, kind, mode, size, changed, user, group
    }

    /// - Throws: if an agent answers a name that is none in `folder`: such a name could lead anywhere on this machine.
    init(_ info: Mesos_V1_FileInfo, in folder: String) throws(SandboxError) {
        var prefix = folder[...]
        while prefix.hasSuffix("/") { prefix.removeLast() }
        let rest = info.path.dropFirst(prefix.count + 1)
        guard info.path.hasPrefix("\(prefix)/"), let name = Self.name(of: String(rest)), name == rest else {
            throw SandboxError("the agent names \"\(info.path.printable.clipped)\" as if it were in \(folder.clipped), which is refused")
        }
        self.name = name
        kind =
            switch info.mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        permissions = info.mode & 0o777
        mode = Self.text(kind, permissions)
        size = info.size
        changed = Double(info.mtime.nanoseconds) / 1e9
        user = info.uid
        group = info.gid
    }

    /// The last name of a path; nothing if that is no name that a file can have.
    static func name(of path: String) -> String? {
        guard !path.contains("\0"), let name = path.split(separator: "/").last, name != ".", name != "..", name.utf8.count <= NAME_MAX
        else { return nil }
        return String(name)
    }

    private static func text(_ kind: Kind, _ permissions: UInt32) -> String {
        let letter =
            switch kind {
            case .file: "-"
            case .folder: "d"
            case .link: "l"
            case .other: "?"
            }
        let letters = Array("rwxrwxrwx")
        return letter + String((0..<9).map { permissions >> (8 - UInt32($0)) & 1 == 1 ? letters[$0] : "-" })
    }
}
