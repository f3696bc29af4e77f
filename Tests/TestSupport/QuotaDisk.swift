import Glibc

/// A file system in a file that limits what projects take. Not every kernel has such, and not every machine the programs to make it.
public enum QuotaDisk: String, CaseIterable, Sendable {
    case ext4
    case xfs

    /// It could not be made or mounted.
    public struct Impossible: Error {}

    /// The kinds that can be made and mounted here, which is tried once.
    public static let possible: [QuotaDisk] = geteuid() == 0 ? allCases.filter(\.isPossible) : []

    /// What a program is told that writes too much.
    public var refusal: String {
        switch self {
        case .ext4: "Disk quota exceeded"
        case .xfs: "No space left on device"
        }
    }

    private var making: String {
        switch self {
        case .ext4: "mkfs.ext4 -q -O quota,project"
        case .xfs: "mkfs.xfs -q"
        }
    }

    private var isPossible: Bool {
        guard let place = try? mount() else { return false }
        Self.unmount(place)
        return true
    }

    /// Runs a test with one of its own.
    public func with(_ body: (_ path: String) async throws -> Void) async throws {
        let place = try mount()
        defer { Self.unmount(place) }
        try await body(place)
    }

    private func mount() throws -> String {
        let place = "/tmp/agora-disk-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        // xfs is not made smaller.
        let line =
            "mkdir \(place) && truncate -s 320M \(place).image && \(making) \(place).image && mount -o loop,prjquota \(place).image \(place)"
        guard Self.run("{ \(line); } > /dev/null 2>&1") else {
            Self.unmount(place)
            throw Impossible()
        }
        return place
    }

    private static func unmount(_ place: String) {
        _ = run("umount -l \(place) 2> /dev/null; rmdir \(place) 2> /dev/null; rm -f \(place).image")
    }

    private static func run(_ line: String) -> Bool { system(line) == 0 }
}
