import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing
import TranscriptTesting

/// Reads what was recorded from a real Mesos and its clients, writes it again, and compares the texts.
@Suite struct TranscriptTests {
    @Test(arguments: ["scheduler", "agent-containers", "master-operator-reads", "agent-operator-reads", "reads-while-running", "refusals"])
    func sameTextAgain(_ name: String) throws {
        var compared = 0
        for exchange in try Recording(name).exchanges {
            let parts = exchange.request.split(separator: " ")
            guard parts[1] == "POST" else { continue }
            let (call, answer): (any (Message.Type), any (Message.Type)) =
                switch (parts[0], parts[2]) {
                case ("master", "/api/v1/scheduler"): (Mesos_V1_Scheduler_Call.self, Mesos_V1_Scheduler_Event.self)
                case ("master", _): (Mesos_V1_Master_Call.self, Mesos_V1_Master_Response.self)
                default: (Mesos_V1_Agent_Call.self, Mesos_V1_Agent_Response.self)
                }
            if exchange.status < 300, exchange.body.hasPrefix("{") {
                try compare(call, exchange.body, .client)
                compared += 1
            }
            for body in exchange.answers {
                try compare(answer, body, .server)
                compared += 1
            }
        }
        #expect(compared > 10)
    }

    private func compare(_ type: any (Message.Type), _ body: String, _ strictness: RecordedJSON.Strictness) throws {
        let text = Recording.Exchange.filled(body)
        let written = try again(type, text)
        // A master says `checkpoint` of its agents, which is a field of the older API only.
        let differences = try RecordedJSON(text).differences(from: written, strictness)
            .filter { !$0.hasSuffix(".agent_info.checkpoint is not written") }
        // `no_such_field` stands for what a later client may send.
        #expect(differences.filter { $0 != ".no_such_field is not written" } == [], "\(body.prefix(200))")
    }

    private func again<M: Message>(_ type: M.Type, _ text: String) throws -> RecordedJSON {
        let message = try MesosJSON.decode(type, from: Array(text.utf8))
        let again = try MessageEncoding.protobuf.decode(type, from: MessageEncoding.protobuf.encode(message))
        #expect(again.isEqualTo(message: message))
        return try RecordedJSON(MesosJSON.encode(message))
    }

    /// What Mesos refuses because it does not parse, so do we.
    @Test(arguments: ["broken JSON", "not an object", "required name is missing"])
    func refusesWhatMesosRefuses(_ title: String) throws {
        let exchanges = try Recording("refusals").exchanges.filter { $0.title == title }
        #expect(!exchanges.isEmpty)
        for exchange in exchanges {
            #expect(exchange.status == 400)
            #expect(throws: MesosJSONError.self) {
                try MesosJSON.decode(Mesos_V1_Scheduler_Call.self, from: Array(exchange.body.utf8))
            }
        }
    }
}
