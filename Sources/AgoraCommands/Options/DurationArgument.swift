import ArgumentParser

/// A duration as people write it: "10s", "500ms", "2m", "1h", or as Mesos has it: "15secs", "10mins", "2weeks".
struct DurationArgument: ExpressibleByArgument, Hashable, CustomStringConvertible {
    let duration: Duration

    /// A default.
    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), let unit = Self.units[String(argument.dropFirst(digits.count))] else { return nil }
        let seconds = number * unit
        guard seconds <= 31_536_000 else { return nil }
        duration = .milliseconds(Int64((seconds * 1000).rounded()))
    }

    /// For help texts, in the largest unit that it is a whole number of: "15s", "7d".
    var description: String {
        let milliseconds = nanoseconds / 1_000_000
        let units: [(length: Int64, name: String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")]
        let unit = units.first { milliseconds > 0 && milliseconds % $0.length == 0 }
        return unit.map { "\(milliseconds / $0.length)\($0.name)" } ?? "\(milliseconds)ms"
    }

    /// In seconds.
    private static let units: [String: Double] = [
        "": 1, "ms": 0.001, "s": 1, "secs": 1, "m": 60, "mins": 60, "h": 3600, "hrs": 3600, "d": 86_400, "days": 86_400, "w": 604_800,
        "weeks": 604_800,
    ]
}

extension DurationArgument {
    var defaultValueDescription: String { description }

    /// At most a year, so that it fits.
    var nanoseconds: Int64 { duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000 }
}
