import ArgumentParser

/// A duration as people write it: "10s", "500ms", "2m", "1h".
struct DurationArgument: ExpressibleByArgument, Hashable {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let units = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "": 1]
        guard let number = Double(digits), let unit = units[String(argument.dropFirst(digits.count))] else { return nil }
        let seconds = number * unit
        guard seconds <= 31_536_000 else { return nil }
        duration = .milliseconds(Int64((seconds * 1000).rounded()))
    }
}

extension DurationArgument {
    var defaultValueDescription: String { "\(duration / .seconds(1))s" }

    /// At most a year, so that it fits.
    var nanoseconds: Int64 { duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000 }
}
