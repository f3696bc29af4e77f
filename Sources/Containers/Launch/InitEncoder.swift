/// Writes what a container's first process reads, in the form of `container_init_protocol.h`.
struct InitEncoder {
    private(set) var bytes: [UInt8] = []

    mutating func number(_ value: UInt32) {
        withUnsafeBytes(of: value) { bytes += $0 }
    }

    mutating func wideNumber(_ value: UInt64) {
        number(UInt32(truncatingIfNeeded: value))
        number(UInt32(truncatingIfNeeded: value >> 32))
    }

    mutating func blob(_ content: [UInt8]) {
        number(UInt32(clamping: content.count))
        bytes += content
    }

    mutating func string(_ value: String) {
        number(UInt32(clamping: value.utf8.count))
        bytes += value.utf8
        bytes.append(0)
    }

    mutating func strings(_ values: [String]) {
        number(UInt32(clamping: values.count))
        for value in values { string(value) }
    }
}
