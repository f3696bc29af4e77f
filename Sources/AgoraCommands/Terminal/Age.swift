import Foundation

/// How long something takes or is ago, for people.
enum Age {
    /// In one unit: "42s", "3m", "5h", "9d".
    static func text(seconds: Double) -> String {
        let seconds = Int(max(0, min(seconds.isNaN ? 0 : seconds, 1e12)))
        return switch seconds {
        case ..<120: "\(seconds)s"
        case ..<7200: "\(seconds / 60)m"
        case ..<172_800: "\(seconds / 3600)h"
        default: "\(seconds / 86400)d"
        }
    }

    /// How long ago that was, in seconds since 1970; "-" if that is not known.
    static func text(since moment: Double?) -> String {
        moment.map { text(seconds: Date.now.timeIntervalSince1970 - $0) } ?? "-"
    }
}
