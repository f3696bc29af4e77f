import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A moment as people write it: so long ago ("10m", "2h"), or a time, "2026-03-01T12:00:00Z" (RFC 3339); without a zone it is
/// local time, without a time of day its beginning.
enum MomentArgument: ExpressibleByArgument, Hashable {
    case ago(Duration)
    /// Seconds since 1970.
    case at(Double)

    init?(argument: String) {
        if let duration = DurationArgument(argument: argument) {
            self = .ago(duration.duration)
        } else if let seconds = Self.seconds(argument) {
            self = .at(seconds)
        } else {
            return nil
        }
    }

    /// As agents take it: seconds since 1970, or below zero, seconds before now.
    var text: String {
        switch self {
        case .ago(let duration): "-\(duration / .seconds(1))"
        case .at(let seconds): "\(seconds)"
        }
    }

    private static func seconds(_ text: String) -> Double? {
        let date = numbers(text.prefix(10), "-", [4, 2, 2])
        guard let date, (1...12).contains(date[1]), (1...31).contains(date[2]) else { return nil }
        var fields = tm()
        (fields.tm_year, fields.tm_mon, fields.tm_mday) = (date[0] - 1900, date[1] - 1, date[2])
        var calendar = fields
        _ = timegm(&calendar)
        guard calendar.tm_mday == date[2] else { return nil }
        var rest = text.dropFirst(10)
        var fraction = 0.0
        if let separator = rest.popFirst() {
            guard "Tt ".contains(separator), let time = numbers(rest.prefix(8), ":", [2, 2, 2]), time[0] < 24, time[1] < 60, time[2] < 61
            else { return nil }
            (fields.tm_hour, fields.tm_min, fields.tm_sec) = (time[0], time[1], time[2])
            rest = rest.dropFirst(8)
            if rest.hasPrefix(".") {
                let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
                guard let value = Double("0.\(digits)"), !digits.isEmpty else { return nil }
                fraction = value
                rest = rest.dropFirst(digits.count + 1)
            }
            if !rest.isEmpty {
                guard let offset = zone(rest) else { return nil }
                return Double(timegm(&fields) - offset) + fraction
            }
        }
        fields.tm_isdst = -1
        return Double(mktime(&fields)) + fraction
    }

    /// Numbers of so many digits each, with something between them.
    private static func numbers(_ text: Substring, _ separator: Character, _ digits: [Int]) -> [Int32]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.count) == digits, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }) else { return nil }
        return parts.compactMap { Int32($0) }
    }

    /// Seconds east of Greenwich.
    private static func zone(_ text: Substring) -> Int? {
        if text == "Z" || text == "z" { return 0 }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard let sign = ["+": 1, "-": -1][text.prefix(1)], parts.count == 2, parts.allSatisfy({ $0.count == 2 }),
            let hours = UInt8(parts[0]), hours < 24, let minutes = UInt8(parts[1]), minutes < 60
        else { return nil }
        return sign * (Int(hours) * 3600 + Int(minutes) * 60)
    }
}
