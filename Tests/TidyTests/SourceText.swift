/// The code of a Swift or C file, line by line, with comments and the contents of string literals blanked out.
///
/// Blanks take the place of what is left out, so that lines and columns stay as they were and only code has braces.
struct SourceText {
    let lines: [String]

    init(_ text: String) {
        var scanner = Scanner(Array(text.utf8))
        scanner.run()
        lines = String(decoding: scanner.output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private struct Scanner {
        let input: [UInt8]
        var output: [UInt8]
        var position = 0

        init(_ input: [UInt8]) {
            self.input = input
            self.output = input
        }

        func starts(with text: String) -> Bool {
            input[position...].starts(with: text.utf8)
        }

        mutating func blank(_ count: Int = 1) {
            for index in position..<min(position + count, input.count) where input[index] != UInt8(ascii: "\n") {
                output[index] = UInt8(ascii: " ")
            }
            position += count
        }

        mutating func run() {
            while position < input.count {
                if starts(with: "//") {
                    while position < input.count, input[position] != UInt8(ascii: "\n") { blank() }
                } else if starts(with: "/*") {
                    blankComment()
                } else if let hashes = literalHashes() {
                    blankLiteral(hashes: hashes)
                } else if starts(with: "'\"'") || starts(with: "'{'") || starts(with: "'}'") {
                    blank(3)
                } else {
                    position += 1
                }
            }
        }

        /// Comments nest in Swift. A C comment that holds the start of another is rare enough to be written otherwise.
        mutating func blankComment() {
            var depth = 0
            repeat {
                if starts(with: "/*") {
                    depth += 1
                    blank(2)
                } else if starts(with: "*/") {
                    depth -= 1
                    blank(2)
                } else {
                    blank()
                }
            } while depth > 0 && position < input.count
        }

        /// The number of `#` before a string literal that begins here; nil if none begins.
        func literalHashes() -> Int? {
            let hashes = input[position...].prefix { $0 == UInt8(ascii: "#") }.count
            let quote = position + hashes
            return quote < input.count && input[quote] == UInt8(ascii: "\"") ? hashes : nil
        }

        /// Interpolations go with the literal: what stands in them is part of an expression, never a declaration.
        mutating func blankLiteral(hashes: Int) {
            let marks = String(repeating: "#", count: hashes)
            blank(hashes)
            let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
            blank(quote.utf8.count)
            while position < input.count, !starts(with: quote + marks) {
                if starts(with: "\\\(marks)(") {
                    blank(2 + hashes)
                    blankInterpolation()
                } else if starts(with: "\\\(marks)") {
                    blank(2 + hashes)
                } else if quote == "\"", input[position] == UInt8(ascii: "\n") {
                    return
                } else {
                    blank()
                }
            }
            blank(quote.utf8.count + hashes)
        }

        mutating func blankInterpolation() {
            var depth = 1
            while depth > 0, position < input.count {
                if let hashes = literalHashes() {
                    blankLiteral(hashes: hashes)
                    continue
                }
                if input[position] == UInt8(ascii: "(") { depth += 1 }
                if input[position] == UInt8(ascii: ")") { depth -= 1 }
                blank()
            }
        }
    }
}
