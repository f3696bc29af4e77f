import Foundation
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// Text of every kind, at every place, is read back as it was by a parser that is not ours.
@Suite struct JSONEscapeTests {
    private static let letters = (0..<0x80).map { String(UnicodeScalar(UInt8($0))) } + ["é", "€", "😀", "\u{7F}\u{80}", "\u{FFFF}"]

    private func read(_ json: [UInt8], _ key: String) throws -> String? {
        let object = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
        return object?[key] as? String
    }

    @Test(arguments: [0, 1, 6, 7, 8, 9, 15, 16, 23])
    func isReadBack(_ place: Int) throws {
        for letter in Self.letters {
            for rest in ["", "z", "zzzzzzz", "zzzzzzzzz"] {
                let text = String(repeating: "a", count: place) + letter + rest
                var writer = JSONWriter()
                writer.object { $0.field("k", text) }
                #expect(try read(writer.bytes, "k") == text)
                #expect(try read(MesosJSON.encode(Mesos_V1_TaskID.with { $0.value = text }), "value") == text)
            }
        }
    }

    @Test func nothingIsEscapedThatNeedNotBe() {
        let text = String(String.UnicodeScalarView((0x20..<0x7F).compactMap { Unicode.Scalar($0) }.filter { $0 != "\"" && $0 != "\\" }))
        let json = MesosJSON.encode(Mesos_V1_TaskID.with { $0.value = text + "é€" })
        #expect(String(decoding: json, as: UTF8.self) == "{\"value\":\"\(text)é€\"}")
    }
}
