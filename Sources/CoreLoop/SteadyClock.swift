public import Cluster

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Wall-clock moments that never run backwards: the wall clock is read once, time since then is counted by the
/// boot clock, so that a corrected system time moves no deadline. See clock_gettime(2).
public struct SteadyClock: Sendable {
    private let offset: Int64

    /// Reads the wall clock once.
    public init() {
        offset = Self.read(CLOCK_REALTIME) - Self.read(CLOCK_BOOTTIME)
    }

    /// The present moment.
    public var now: Timestamp {
        Timestamp(nanoseconds: Self.read(CLOCK_BOOTTIME) + offset)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
