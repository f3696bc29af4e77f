import MesosAPI

extension LogVerbosity {
    /// `/logging/toggle`: without a query, the level; with `level` and `duration`, sets it.
    public func toggle(_ request: HTTPRequest, _ responder: HTTPResponder) {
        do throws(Refusal) {
            guard let (number, duration) = try Self.wish(request.query) else {
                return responder.respond(200, headers: [("Content-Type", "text/plain")], body: Array("\(self.number)\n".utf8))
            }
            try set(number, for: duration, field: "duration")
            responder.respond(200)
        } catch {
            responder.refuse(error.status, error.message)
        }
    }

    private static func wish(_ query: HTTPQuery) throws(Refusal) -> (number: UInt32, duration: Duration)? {
        switch (query["level"], query["duration"]) {
        case (nil, nil): return nil
        case (nil, _?): throw Refusal(400, "level: missing; level and duration belong together, as in level=1&duration=10mins")
        case (_?, nil): throw Refusal(400, "duration: missing; level and duration belong together, as in level=1&duration=10mins")
        case (let level?, let text?):
            guard let number = UInt32(level) else { throw Refusal(400, "level: must be 0 or more, is \"\(level.prefix(100))\"") }
            guard let duration = Duration(mesosText: text) else {
                throw Refusal(400, "duration: must be a time as 30secs, 10mins or 2hrs, is \"\(text.prefix(100))\"")
            }
            return (number, duration)
        }
    }
}

extension Duration {
    /// A duration as Mesos writes it: a number and `ns`, `us`, `ms`, `secs`, `mins`, `hrs`, `days` or `weeks`.
    public init?(mesosText text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite, let unit = Self.mesosUnits[String(text.dropFirst(digits.count))] else {
            return nil
        }
        let seconds = number * unit
        guard seconds < 1e10 else { return nil }
        self = .seconds(seconds)
    }

    private static let mesosUnits: [String: Double] = [
        "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "secs": 1, "mins": 60, "hrs": 3600, "days": 86_400, "weeks": 604_800,
    ]
}
