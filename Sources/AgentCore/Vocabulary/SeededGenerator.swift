import FoundationEssentials

/// The core's only source of chance: the same seed gives the same identifiers and the same jitter.
///
/// It is the generator xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators").
/// Not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Begins from four words, which a shell takes from the system and a test chooses.
    public init(seed: (UInt64, UInt64, UInt64, UInt64)) {
        // All zeros is the one state the generator never leaves.
        state = seed == (0, 0, 0, 0) ? (1, 2, 3, 4) : seed
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let result = rotate(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotate(state.3, by: 45)
        return result
    }

    /// A random UUID (RFC 9562, version 4).
    mutating func nextUUID() -> UUID {
        let high = next()
        let low = next()
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (index * 8)) }
        let version = byte(high, 6) & 0x0f | 0x40
        let variant = byte(low, 0) & 0x3f | 0x80
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5), version, byte(high, 7),
                variant, byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            )
        )
    }

    private func rotate(_ word: UInt64, by bits: UInt64) -> UInt64 {
        word << bits | word >> (64 - bits)
    }
}

extension UUID {
    /// The sixteen bytes, as status updates carry them.
    var data: Data { withUnsafeBytes(of: uuid) { Data($0) } }

    /// The usual text, in small letters as Mesos writes it.
    var text: String { uuidString.lowercased() }
}
