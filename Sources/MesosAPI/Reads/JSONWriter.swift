/// Writes JSON piece by piece, without a tree of values: a read of ten thousand agents costs one buffer.
///
/// The older endpoints of Mesos have JSON of their own, which is not that of any message.
public struct JSONWriter: Sendable {
    /// What was written so far and not taken yet.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false
    private let pieceBytes: Int
    private let take: (@Sendable ([UInt8]) -> Void)?

    /// A writer that has written nothing.
    public init() {
        pieceBytes = .max
        take = nil
    }

    /// A writer that hands over what it has written in pieces of about `pieceBytes`, so that a reader need not wait for the end.
    public init(pieceBytes: Int, take: @escaping @Sendable ([UInt8]) -> Void) {
        self.pieceBytes = pieceBytes
        self.take = take
    }

    /// Hands over the last piece.
    public mutating func finish() {
        handOver()
        bytes = []
    }

    /// Hands over what is written so far, however little it is.
    public mutating func handOver() {
        guard let take, !bytes.isEmpty else { return }
        take(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    /// `{…}`, as an element or as the whole.
    public mutating func object(_ fields: (inout JSONWriter) -> Void) {
        nest(UInt8(ascii: "{"), UInt8(ascii: "}"), fields)
    }

    /// `"name": {…}`.
    public mutating func object(_ name: String, _ fields: (inout JSONWriter) -> Void) {
        key(name)
        object(fields)
    }

    /// `"name": […]`, one call of `write` per element.
    public mutating func array<Element>(_ name: String, _ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void) {
        key(name)
        nest(UInt8(ascii: "["), UInt8(ascii: "]")) { writer in
            for element in elements { write(&writer, element) }
        }
    }

    /// `[…]`, as an element or as the whole, one call of `write` per element.
    public mutating func array<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void) {
        nest(UInt8(ascii: "["), UInt8(ascii: "]")) { writer in
            for element in elements { write(&writer, element) }
        }
    }

    /// `"name": ["…", …]`.
    public mutating func strings(_ name: String, _ elements: some Sequence<String>) {
        array(name, elements) { $0.value($1) }
    }

    /// `"name": "…"`.
    public mutating func field(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    /// `"name": true` or `"name": false`.
    public mutating func field(_ name: String, _ flag: Bool) {
        key(name)
        literal(flag ? "true" : "false")
    }

    /// `"name": 1`.
    public mutating func field(_ name: String, _ number: Int) {
        key(name)
        literal(String(number))
    }

    /// `"name": 1.0`; what JSON cannot say is 0.
    public mutating func field(_ name: String, _ number: Double) {
        key(name)
        literal(number.isFinite ? number.description : "0.0")
    }

    /// `"name": …` with JSON that is already written.
    public mutating func field(_ name: String, json: [UInt8]) {
        key(name)
        element(json: json)
    }

    /// JSON that is already written, as an element.
    public mutating func element(json: [UInt8]) {
        separate()
        bytes += json
        needsComma = true
    }

    /// A string, as an element.
    public mutating func value(_ text: String) {
        separate()
        quote(text)
        needsComma = true
    }

    private mutating func nest(_ open: UInt8, _ close: UInt8, _ content: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        content(&self)
        bytes.append(close)
        needsComma = true
        if bytes.count >= pieceBytes { handOver() }
    }

    private mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func literal(_ text: String) {
        bytes += text.utf8
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func quote(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { text in
            if JSONText.needsEscape(text) {
                for byte in text { escape(byte) }
            } else {
                bytes.append(contentsOf: text)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case 0..<0x20: bytes += Self.escape(byte)
        default: bytes.append(byte)
        }
    }

    /// A control character as JSON writes it (RFC 8259, section 7).
    private static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 0xf)]]
    }
}
