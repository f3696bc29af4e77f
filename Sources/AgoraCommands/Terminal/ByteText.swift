import Foundation

/// A number of bytes for people: "17 B", "4.2 MiB".
enum ByteText {
    static func text(_ bytes: UInt64) -> String {
        guard bytes >= 1024 else { return "\(bytes) B" }
        var value = Double(bytes) / 1024
        var units = ["KiB", "MiB", "GiB", "TiB", "PiB"][...]
        while value >= 1024, units.count > 1 {
            value /= 1024
            units = units.dropFirst()
        }
        return String(format: "%.1f \(units.first ?? "")", value)
    }
}
