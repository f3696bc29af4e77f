import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The value of the `Date` field (RFC 9110, section 5.6.7), made once a second.
struct HTTPDate {
    private var text = ByteBuffer()
    private var expiry = NIODeadline.uptimeNanoseconds(0)

    mutating func text(at now: NIODeadline) -> ByteBuffer {
        if now >= expiry {
            var clock = timespec()
            clock_gettime(CLOCK_REALTIME, &clock)
            text = ByteBuffer(string: Self.format(clock.tv_sec))
            expiry = now + .nanoseconds(1_000_000_000 - Int64(clock.tv_nsec))
        }
        return text
    }

    /// Seconds since 1970, as in `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func format(_ seconds: Int) -> String {
        var moment = seconds
        var parts = tm()
        gmtime_r(&moment, &parts)
        let day = days[Int(parts.tm_wday) % 7]
        let month = months[Int(parts.tm_mon) % 12]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(twoDigits).joined(separator: ":")
        return "\(day), \(twoDigits(parts.tm_mday)) \(month) \(Int(parts.tm_year) + 1900) \(clock) GMT"
    }

    private static func twoDigits(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
