import Foundation
import NIOHTTP1
import Synchronization
import TestSupport
import TranscriptTesting

/// Says again what a client of a Mesos said, and notes where the answers are not what Mesos answered.
struct Replay {
    let client: Client
    private(set) var differences: [String] = []
    private var recorded = Events()
    private var awaited: [Awaited] = []

    /// An event that is to come so many times, counted from the beginning.
    private struct Awaited {
        let event: RecordedJSON
        let count: Int
        /// Whether a request was sent since.
        var isOld: Bool

        /// An update that no agent stored.
        var isMadeByMaster: Bool { event["update"] != nil && event["update"]?["status"]?["uuid"] == nil }
    }

    init(_ local: AgoraLocal) {
        client = Client(local)
    }

    /// Goes through a whole conversation.
    ///
    /// - Parameter interlude: what is to be done before the request of that title, when all before it has happened.
    mutating func play(_ recording: Recording, before title: String? = nil, _ interlude: () async throws -> Void = {}) async throws {
        for exchange in recording.exchanges {
            try await waitForEvents(beforeRequest: true)
            if let title, exchange.title == title { try await interlude() }
            try await play(exchange)
            for record in exchange.records { try expect(record) }
        }
        try await waitForEvents(beforeRequest: false)
        compareEvents()
    }

    private mutating func play(_ exchange: Recording.Exchange) async throws {
        // The client acknowledges every update by itself.
        guard exchange.title != "every update is acknowledged like this one" else { return }
        let answer = try await client.send(exchange, headers: headers(of: exchange), body: try await body(of: exchange))
        let name = exchange.name
        if answer.status != exchange.status { note(name, "status \(exchange.status) is \(answer.status) here") }
        for header in exchange.answerHeaders where exchange.status == answer.status {
            let value = answer.headers.first(name: header.name)
            let wanted = header.value.replacing("PORT", with: "\(client.masterPort)")
            let isSame = wanted == "(uuid)" ? value != nil : value == wanted
            if !isSame { note(name, "header \(header.name): \(header.value) is \(value ?? "missing") here") }
        }
        guard exchange.status == answer.status, let recorded = exchange.answers.first, !answer.body.isEmpty else { return }
        let theirs = try RecordedJSON(Recording.Exchange.filled(recorded))
        for line in Shape.differences(recorded: [theirs], ours: [try RecordedJSON(answer.body)]) { note(name, line) }
    }

    private mutating func note(_ name: String, _ what: String) {
        differences.append("\(name): \(what)")
    }

    // MARK: What is sent

    private func headers(of exchange: Recording.Exchange) -> [(name: String, value: String)] {
        guard !exchange.headers.isEmpty else { return [("Content-Type", "application/json"), ("Accept", "application/json")] }
        return exchange.headers.map { header in
            guard header.value == "(uuid)" else { return header }
            switch exchange.title {
            case "wrong stream id": return (header.name, UUID().uuidString.lowercased())
            case "with the old stream id": return (header.name, client.firstToken)
            default: return (header.name, client.token)
            }
        }
    }

    private func body(of exchange: Recording.Exchange) async throws -> [UInt8] {
        var text = exchange.body
        let offer = #"{"value": "(uuid)-ON"}"#
        if text.contains(offer) {
            _ = await eventually { client.events.withLock { !$0.offers.isEmpty } }
            let offers = client.events.withLock { $0.takeOffers() }
            text = text.replacing(offer, with: offers.map { #"{"value": "\#($0)"}"# }.joined(separator: ", "))
        }
        let (framework, agent) = client.events.withLock { ($0.framework ?? "none", $0.agent ?? "none") }
        text = text.replacing("(uuid)-SN", with: agent).replacing("(uuid)-N", with: framework)
            .replacing(#""uuid": "(uuid)""#, with: #""uuid": "AAEC""#)
        // What is no text was recorded as the characters with the numbers of its bytes.
        return text.unicodeScalars.allSatisfy { $0.value < 256 } ? text.unicodeScalars.map { UInt8($0.value) } : Array(text.utf8)
    }

    // MARK: Events

    /// An event of the recording: it must come as often as it came then. Offers come when they come.
    private mutating func expect(_ record: String) throws {
        let event = try RecordedJSON(Recording.Exchange.filled(record))
        recorded.add(event)
        guard event.text("type") != "OFFERS" else { return }
        awaited.append(Awaited(event: event, count: recorded.count(like: event), isOld: false))
    }

    /// Until what was recorded so far has come. What the master says by itself may stand before the request that it
    /// follows from, since two connections were recorded at once: so that is awaited one request later.
    private mutating func waitForEvents(beforeRequest: Bool) async throws {
        var later: [Awaited] = []
        for var one in awaited {
            if beforeRequest, !one.isOld, one.isMadeByMaster {
                one.isOld = true
                later.append(one)
                continue
            }
            let (client, event, count) = (client, one.event, one.count)
            let hasCome = await eventually(within: .seconds(60)) { client.events.withLock { $0.count(like: event) >= count } }
            if !hasCome { note("events", "never came: \(event)") }
        }
        awaited = later
    }

    private mutating func compareEvents() {
        guard !recorded.all.isEmpty else { return }
        let ours = client.events.withLock { $0 }
        for (task, history) in recorded.histories.sorted(by: { $0.key < $1.key }) {
            let here = ours.histories[task] ?? []
            if history != here { note("task \(task)", "\(history) is \(here) here") }
        }
        for (kind, events) in recorded.kinds.sorted(by: { $0.key < $1.key }) {
            for line in Shape.differences(recorded: events, ours: ours.kinds[kind] ?? []) { note("event \(kind)", line) }
        }
        for kind in ours.kinds.keys.sorted() where recorded.kinds[kind] == nil { note("event \(kind)", "came here only") }
    }
}

extension Recording.Exchange {
    /// The request in words: which call it is, and what is special.
    fileprivate var name: String {
        let call = (try? RecordedJSON(body))?.text("type")
        return [request, call, title.isEmpty ? nil : "(\(title))"].compactMap(\.self).joined(separator: " ")
    }
}
