import TranscriptTesting

/// The events of a scheduler, recorded or received, and what follows from them.
struct Events {
    private(set) var all: [RecordedJSON] = []
    private(set) var offers: [String] = []
    private(set) var framework: String?
    private(set) var agent: String?

    mutating func add(_ event: RecordedJSON) {
        guard event.text("type") != "HEARTBEAT" else { return }
        all.append(event)
        framework = event.text("subscribed", "framework_id", "value") ?? framework
        if let rescinded = event.text("rescind", "offer_id", "value") { offers.removeAll { $0 == rescinded } }
        guard case .array(let new)? = event["offers"]?["offers"] else { return }
        offers += new.compactMap { $0.text("id", "value") }
        agent = new.first?.text("agent_id", "value") ?? agent
    }

    mutating func takeOffers() -> [String] {
        defer { offers = [] }
        return offers
    }

    /// How often an event like this one is there: of the same type, and for updates of the same task, state and reason.
    func count(like event: RecordedJSON) -> Int {
        all.count { $0.words == event.words }
    }

    /// What each task went through, by its id. The same again is the same: updates may be sent twice.
    var histories: [String: [String]] {
        var histories: [String: [String]] = [:]
        for event in all {
            guard let task = event.text("update", "status", "task_id", "value") else { continue }
            if histories[task]?.last != event.words { histories[task, default: []].append(event.words) }
        }
        return histories
    }

    /// The events by what they are, so that like is compared with like.
    var kinds: [String: [RecordedJSON]] {
        Dictionary(grouping: all) { event in
            [event.text("type"), event.text("update", "status", "state"), event.text("update", "status", "reason")]
                .compactMap(\.self).joined(separator: " ")
        }
    }
}

extension RecordedJSON {
    /// The event in words that are the same in every run.
    fileprivate var words: String {
        let status = self["update"]?["status"]
        return [
            text("type"), status?.text("task_id", "value"), status?.text("state"), status?.text("source"), status?.text("reason"),
        ].compactMap(\.self).joined(separator: " ")
    }
}
