import ArgumentParser

/// A number of bytes as people write it: "0", "1048576", "512m", "2g", "2GB"; the units are powers of 1024.
struct ByteCount: ExpressibleByArgument, Hashable, CustomStringConvertible {
    let bytes: Int64

    init(_ bytes: Int64) {
        self.bytes = bytes
    }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = argument.dropFirst(digits.count).lowercased()
        let letter = unit.hasSuffix("b") ? String(unit.dropLast()) : unit
        guard let shift = ["": 0, "k": 10, "m": 20, "g": 30, "t": 40][letter], let number = Double(digits) else { return nil }
        // Up to 4 exbibytes, so that it fits.
        guard let bytes = Int64(exactly: (number * Double(1 << shift)).rounded()), bytes <= 1 << 62 else { return nil }
        self.bytes = bytes
    }

    var description: String {
        for (letter, shift) in [("t", 40), ("g", 30), ("m", 20), ("k", 10)] where bytes > 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(letter)"
        }
        return "\(bytes)"
    }

    /// What `--help` shows as the default.
    var defaultValueDescription: String { description }
}
