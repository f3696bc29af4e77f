import CRegularExpressions

/// How complicated a regular expression from outside may be (Mesos: `--offer_constraints_re2_max_mem` and
/// `--offer_constraints_re2_max_program_size`).
public struct RegularExpressionLimits: Hashable, Sendable {
    /// What the compiled expression and its matching may take, in bytes.
    public var memory: Int

    /// How many instructions it may be compiled to.
    public var programSize: Int

    /// The limits of Mesos unless others are given.
    public init(memory: Int = 4096, programSize: Int = 100) {
        self.memory = memory
        self.programSize = programSize
    }
}

/// Why a regular expression cannot be used.
public struct RegularExpressionError: Error, Hashable, Sendable {
    /// What is wrong, in RE2's words or ours.
    public let reason: String
}

/// A regular expression in the syntax of RE2 (github.com/google/re2, `doc/syntax.txt`), compiled once. Matching takes
/// time in proportion to the text, whatever the expression.
public final class RegularExpression: Sendable {
    // Never changed after it was compiled, and RE2 lets any number of threads match with one expression.
    nonisolated(unsafe) private let compiled: OpaquePointer

    /// Compiles an expression from outside.
    public init(_ pattern: String, limits: RegularExpressionLimits = RegularExpressionLimits()) throws(RegularExpressionError) {
        var error = [CChar](repeating: 0, count: Self.longestReason)
        var pattern = pattern
        let regex = pattern.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                agora_regex_compile(
                    characters.baseAddress,
                    characters.count,
                    Int64(limits.memory),
                    Int32(clamping: limits.programSize),
                    &error,
                    error.count
                )
            }
        }
        guard let regex else {
            let reason = error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw RegularExpressionError(reason: String(decoding: reason, as: UTF8.self))
        }
        compiled = regex
    }

    deinit {
        agora_regex_free(compiled)
    }

    /// Whether the whole text matches.
    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { agora_regex_matches(compiled, $0.baseAddress, $0.count) }
        }
    }

    private static var longestReason: Int { 256 }
}
