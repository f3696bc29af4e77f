import Glibc
import LinuxKernel

/// A device node to be made in a container.
struct Device: Hashable, Sendable {
    /// Its path below /dev, as "net/tun".
    let name: String
    /// With the type, as in stat(2).
    let mode: UInt32
    let major: UInt32
    let minor: UInt32
    let user: UInt32
    let group: UInt32

    var isBlock: Bool { mode & S_IFMT == S_IFBLK }

    /// The devices that are asked for; of two at one place, the later.
    static func all(_ requests: [DeviceRequest]) throws(LaunchFailure) -> [Device] {
        var places: [String: DeviceRequest] = [:]
        for request in requests { places[request.containerPath] = request }
        var devices: [Device] = []
        for place in places.keys.sorted() {
            if let request = places[place] { devices.append(try Device(request)) }
        }
        return devices
    }

    private init(_ request: DeviceRequest) throws(LaunchFailure) {
        var facts = stat()
        guard stat(request.hostPath, &facts) == 0 else {
            throw LaunchFailure(.confinement, "cannot look at the device \(request.hostPath): \(KernelError.reason(of: errno))")
        }
        let kind = facts.st_mode & S_IFMT
        guard kind == S_IFCHR || kind == S_IFBLK else {
            throw LaunchFailure(.confinement, "\(request.hostPath) is no device")
        }
        name = Path.below("/dev", request.containerPath) ?? ""
        mode = facts.st_mode
        (user, group) = (facts.st_uid, facts.st_gid)
        // As the C library packs them (makedev(3)).
        let number = UInt64(facts.st_rdev)
        major = UInt32(truncatingIfNeeded: number >> 8 & 0xfff | number >> 32 & 0xffff_f000)
        minor = UInt32(truncatingIfNeeded: number & 0xff | number >> 12 & 0xffff_ff00)
    }
}
