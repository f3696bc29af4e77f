import ArgumentParser
import Foundation

/// When something begins, as people write it: "now", so long from now ("10m", "2h"), or a time ("2026-03-01T12:00:00Z").
enum StartArgument {
    /// Nanoseconds since 1970.
    static let parse: @Sendable (String) throws -> Int64 = { text in
        guard text != "now" else { return nanoseconds(Date.now.timeIntervalSince1970) }
        switch MomentArgument(argument: text) {
        case .ago(let duration): return nanoseconds(Date.now.timeIntervalSince1970 + duration / .seconds(1))
        case .at(let seconds): return nanoseconds(seconds)
        case nil:
            throw ValidationError("'\(text.clipped)' is no moment; write now, a time from now as 2h, or 2026-03-01T12:00:00Z")
        }
    }

    /// Dates of four digits for the year fit.
    private static func nanoseconds(_ seconds: Double) -> Int64 { Int64((max(-9e9, min(seconds, 9e9)) * 1e9).rounded()) }
}
