public import Cluster
import MesosMessages

extension Resources {
    /// How deep the JSON form may nest.
    private static let maximumDepth = 20

    /// Reads what an agent's `--resources` says, in either form: text (see ``Resources/parse(_:)``), or a JSON array of
    /// `Resource` messages, which can say all that the wire can.
    public static func parse(flag text: String) throws(ResourcesError) -> Resources {
        guard text.first(where: { !$0.isWhitespace }) == "[" else { return try parse(text) }
        guard text.utf8.count <= maximumTextLength else {
            throw ResourcesError(piece: text, reason: "the text is longer than \(maximumTextLength) bytes")
        }
        let messages: [Mesos_V1_Resource]
        do {
            messages = try decode(array: text)
        } catch {
            throw ResourcesError(piece: error.path.isEmpty ? text : error.path, reason: error.problem)
        }
        return try Resources(messages)
    }

    private static func decode(array text: String) throws(MesosJSONError) -> [Mesos_V1_Resource] {
        var scanner = JSONScanner(Array(text.utf8))
        try scanner.skipValue(depth: maximumDepth)
        try scanner.expectEnd()
        // The mapping reads objects only, so the array goes in as the one field of a message that has just that.
        let object = Array("{\"resources\":\(text)}".utf8)
        return try MesosJSON.decode(Mesos_V1_Offer.Operation.Unreserve.self, from: object).resources
    }
}
