/// An instruction of a filter, `struct sock_filter` of linux/filter.h.
struct FilterInstruction: Hashable {
    /// Those that filters of system calls consist of, by their numbers in linux/bpf_common.h.
    enum Code {
        static let load: UInt16 = 0x20
        static let jump: UInt16 = 0x05
        static let jumpIfEqual: UInt16 = 0x15
        static let jumpIfGreater: UInt16 = 0x25
        static let jumpIfGreaterOrEqual: UInt16 = 0x35
        static let jumpIfAnyBit: UInt16 = 0x45
        static let and: UInt16 = 0x54
        static let end: UInt16 = 0x06
    }

    /// Places in `struct seccomp_data` of linux/seccomp.h.
    enum Place {
        static let number: UInt32 = 0
        static let architecture: UInt32 = 4
    }

    static let size = 8

    var code: UInt16
    /// How many instructions are passed over if it is so, and if not.
    var yes: UInt8 = 0
    var no: UInt8 = 0
    var value: UInt32

    /// Whether it goes on at one of two places.
    var isBranch: Bool {
        [Code.jumpIfEqual, Code.jumpIfGreater, Code.jumpIfGreaterOrEqual, Code.jumpIfAnyBit].contains(code)
    }

    /// Whether a number passes the test of a branch.
    func passes(_ number: UInt32) -> Bool {
        switch code {
        case Code.jumpIfEqual: number == value
        case Code.jumpIfGreater: number > value
        case Code.jumpIfGreaterOrEqual: number >= value
        default: number & value != 0
        }
    }

    /// All of a filter.
    static func list(_ bytes: [UInt8]) -> [FilterInstruction] {
        bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count / size * size, by: size).map { place in
                FilterInstruction(
                    code: bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self),
                    yes: bytes[place + 2],
                    no: bytes[place + 3],
                    value: bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self)
                )
            }
        }
    }

    /// As the kernel takes it.
    var bytes: [UInt8] {
        withUnsafeBytes(of: code) { Array($0) } + [yes, no] + withUnsafeBytes(of: value) { Array($0) }
    }
}
