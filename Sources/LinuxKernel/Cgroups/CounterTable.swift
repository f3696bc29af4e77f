import Glibc

/// The lines "name number" of a file as `memory.stat`, of which only those that are asked for are read: there are many, and
/// statistics of a thousand containers are asked for at a time.
struct CounterTable {
    private let text: [UInt8]

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The number after a name; nothing if the name is not there or no number comes after it.
    subscript(name: String) -> Int64? {
        let name = Array(name.utf8)
        let place = text.withUnsafeBytes { text -> Int? in
            guard let start = text.baseAddress else { return nil }
            var line = 0
            while line + name.count < text.count {
                let end = line + name.count
                if memcmp(start + line, name, name.count) == 0, text[end] == UInt8(ascii: " ") { return end + 1 }
                guard let next = memchr(start + line, Int32(UInt8(ascii: "\n")), text.count - line) else { return nil }
                line = start.distance(to: next) + 1
            }
            return nil
        }
        return place.flatMap { Int64(firstLineOf: text[$0...]) }
    }
}

extension Int64 {
    /// The number that a text begins with and that is all of its first line; nothing if it is anything else.
    init?(firstLineOf text: ArraySlice<UInt8>) {
        let line = text.prefix { $0 != UInt8(ascii: "\n") }
        self.init(String(decoding: line, as: UTF8.self))
    }
}
