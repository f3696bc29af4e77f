/// Where the cgroup file systems of this machine are mounted.
public struct CgroupMounts: Sendable, Equatable {
    /// The folder of each v1 controller, by its name; controllers that share a hierarchy share a folder.
    public var controllers: [String: String] = [:]
    /// The folder of the v2 hierarchy, if there is one.
    public var unified: String?

    /// No mounts.
    public init() {}

    /// The mounts that /proc/self/mountinfo tells of.
    public static func current() throws(KernelError) -> CgroupMounts {
        CgroupMounts(parsing: try SmallFile.read("/proc/self/mountinfo"))
    }

    /// Reads the form of proc(5): `36 35 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu`. Other lines are passed
    /// over, and of two mounts of one hierarchy the first counts.
    public init(parsing mountinfo: String) {
        for line in mountinfo.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let separator = fields.firstIndex(of: "-"), separator >= 6, fields.count > separator + 3 else { continue }
            guard fields[3] == "/" || fields[3].hasPrefix("/..") else { continue }
            let place = Self.unescaped(fields[4])
            switch fields[separator + 1] {
            case "cgroup2":
                unified = unified ?? place
            case "cgroup":
                for option in fields[separator + 3].split(separator: ",") where controllers[String(option)] == nil {
                    controllers[String(option)] = place
                }
            default:
                continue
            }
        }
    }

    /// Spaces and the like stand there as a backslash and three octal digits.
    private static func unescaped(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            let value = digits.reduce(0) { $0 * 8 + (Int($1) - 48) }
            guard byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }),
                let character = UInt8(exactly: value)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(character)
            rest = rest.dropFirst(3)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
