/// A right that the kernel gives apart from the rest of root's (capabilities(7)); the raw value is the kernel's number.
public enum Capability: UInt8, CaseIterable, Sendable, Hashable {
    case chown = 0
    case dacOverride, dacReadSearch, fowner, fsetid, kill, setgid, setuid, setpcap, linuxImmutable, netBindService
    case netBroadcast, netAdmin, netRaw, ipcLock, ipcOwner, sysModule, sysRawio, sysChroot, sysPtrace, sysPacct
    case sysAdmin, sysBoot, sysNice, sysResource, sysTime, sysTtyConfig, mknod, lease, auditWrite, auditControl
    case setfcap, macOverride, macAdmin, syslog, wakeAlarm, blockSuspend, auditRead, perfmon, bpf, checkpointRestore

    /// The kernel's name without its prefix, as "NET_BIND_SERVICE".
    public var name: String {
        "\(self)".reduce(into: "") { text, letter in
            if letter.isUppercase { text += "_" }
            text += letter.uppercased()
        }
    }

    /// The capability of a name, with or without "CAP_", in any case.
    public init?(named name: String) {
        let word = name.uppercased()
        guard let found = Self.byName[word.hasPrefix("CAP_") ? String(word.dropFirst(4)) : word] else { return nil }
        self = found
    }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
}

/// Some capabilities, as the kernel counts them: one bit each.
public struct CapabilitySet: OptionSet, Sendable, Hashable {
    /// The bit of capability N is 1 << N.
    public let rawValue: UInt64

    /// Takes the kernel's bits.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Joins capabilities.
    public init(_ capabilities: some Sequence<Capability>) {
        rawValue = capabilities.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
    }

    /// Whether one is among them.
    public func contains(_ capability: Capability) -> Bool {
        rawValue >> UInt64(capability.rawValue) & 1 == 1
    }

    /// All that this version knows.
    public static let all = CapabilitySet(Capability.allCases)

    /// What root has in a container that has an image as its root, unless more or less is asked for.
    ///
    /// Beside the usual set of container engines, two are left out: MKNOD, as a device made in /dev would open the
    /// machine's disks, and NET_RAW, as the network is the machine's.
    public static let ofImages = CapabilitySet([
        .auditWrite, .chown, .dacOverride, .fowner, .fsetid, .kill, .netBindService, .setfcap, .setgid, .setpcap, .setuid, .sysChroot,
    ])
}

extension CapabilitySet: CustomStringConvertible {
    /// The names, as "CHOWN, KILL".
    public var description: String {
        let names = Capability.allCases.filter(contains).map(\.name)
        return names.isEmpty ? "none" : names.joined(separator: ", ")
    }
}
