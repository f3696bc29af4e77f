import CLinuxKernel

/// A device that the processes of a cgroup may use, or a kind of them.
public struct DeviceRule: Hashable, Sendable {
    /// Whether it is a block device; else it is a character device.
    public var isBlock: Bool
    /// Nothing: any.
    public var major: UInt32?
    /// Nothing: any.
    public var minor: UInt32?
    /// Whether it may be read and written, and not only made.
    public var isUsable: Bool
    /// Whether it must not be touched at all, whatever later rules say.
    public private(set) var isForbidden = false

    /// Forbids some devices, and nothing else.
    public static func all(but devices: [DeviceRule]) -> [DeviceRule] {
        let forbidden = devices.map { device in
            var device = device
            device.isForbidden = true
            return device
        }
        return forbidden + [false, true].map { DeviceRule(isBlock: $0, major: nil, minor: nil) }
    }

    /// Lets a device be made, and used if that is said.
    public init(isBlock: Bool, major: UInt32?, minor: UInt32?, isUsable: Bool = true) {
        self.isBlock = isBlock
        self.major = major
        self.minor = minor
        self.isUsable = isUsable
    }

    /// What every container may use that makes devices: those in its /dev, and terminals; all may be made.
    public static let usual: [DeviceRule] =
        [
            DeviceRule(isBlock: false, major: nil, minor: nil, isUsable: false),
            DeviceRule(isBlock: true, major: nil, minor: nil, isUsable: false),
        ]
        + [(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2)].map { DeviceRule(isBlock: false, major: $0.0, minor: $0.1) }
        + [DeviceRule(isBlock: false, major: 136, minor: nil)]

    /// As v1's files `devices.allow` and `devices.deny` have it.
    var line: String {
        let numbers = [major, minor].map { $0.map(String.init) ?? "*" }.joined(separator: ":")
        return "\(isBlock ? "b" : "c") \(numbers) \(isUsable ? "rwm" : "m")"
    }

    /// Attaches a program to a v2 cgroup that lets these devices through and no others.
    static func attach(_ rules: [DeviceRule], to cgroup: Descriptor) throws(KernelError) {
        let rules = rules.map { rule in
            agora_device_rule(
                is_block: rule.isBlock ? 1 : 0,
                is_usable: rule.isUsable ? 1 : 0,
                is_forbidden: rule.isForbidden ? 1 : 0,
                any_major: rule.major == nil ? 1 : 0,
                any_minor: rule.minor == nil ? 1 : 0,
                major: rule.major ?? 0,
                minor: rule.minor ?? 0
            )
        }
        _ = try KernelError.checkNegative(
            agora_limit_devices(cgroup.number, rules, UInt32(rules.count)),
            "limit the devices of a cgroup"
        )
    }
}
