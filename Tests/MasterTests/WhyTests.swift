import Foundation
import Testing

/// `GET /why`: why a framework gets no offers.
@Suite struct WhyTests {
    /// A master with one agent and a framework that does not answer what it is offered.
    private static func running(_ body: (MasterClient, _ framework: String) async throws -> Void) async throws {
        try await withMaster { master in
            let scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
            let framework = try text(at(try await scheduler.event("SUBSCRIBED"), "subscribed", "framework_id", "value"))
            let agent = try await master.open("/api/v1/agent", LifeTests.agent)
            _ = try await scheduler.event("OFFERS")
            try await body(master, framework)
            withExtendedLifetime((scheduler, agent)) {}
        }
    }

    @Test func theMasterSaysWhatIsMissing() async throws {
        try await Self.running { master, framework in
            let answer = try await master.send("GET", "/why?framework_id=\(framework)&resources=cpus:17;mem:512")
            #expect(answer.headers["content-type"] == "application/json")
            let json = try answer.json()
            #expect(json["framework_id"] as? String == framework && json["name"] as? String == "recorder")
            #expect(json["connected"] as? Bool == true && json["offers"] as? Int == 1)
            let role = try #require(at(json, "roles", "0") as? [String: Any])
            #expect(role["role"] as? String == "eng" && role["agents"] as? Int == 1 && role["suitable"] as? Int == 0)
            #expect(at(role, "hindrances", "0", "reason") as? String == "TOO_SMALL")
            #expect(at(role, "hindrances", "0", "resource") as? String == "cpus" && at(role, "hindrances", "0", "most") as? Double == 16)
            let sentence = try #require(role["sentence"] as? String)
            #expect(sentence.hasPrefix("none of 1 agent fits: 1 is too small in cpus (17 wanted, 16 at most)"), "\(sentence)")
            #expect(sentence.hasSuffix("the framework holds 1 offer that it has not answered"), "\(sentence)")
        }
    }

    @Test func whatIsOnOfferIsNotFree() async throws {
        try await Self.running { master, framework in
            let json = try await master.send("GET", "/why?framework_id=\(framework)&resources=cpus:1").json()
            #expect(at(json, "roles", "0", "hindrances", "0", "reason") as? String == "NOT_FREE")
        }
    }

    @Test(arguments: [
        ("", 400, "framework_id: missing"), ("?framework_id=", 400, "framework_id: missing"), ("?framework_id=nobody", 404, "nobody"),
        ("?framework_id=nobody&resources=cpus", 400, "resources: "), ("?framework_id=x&resources=cpus:-1", 400, "resources: "),
        ("?framework_id=\(String(repeating: "y", count: 3000))", 404, "framework_id: there is no framework"),
    ])
    func aBadQuestionIsRefused(_ query: String, _ status: Int, _ words: String) async throws {
        try await withMaster { master in
            let answer = try await master.send("GET", "/why\(query)")
            #expect(answer.status == status && answer.text.contains(words), "\(answer.text)")
            #expect(answer.body.count < 1000)
            #expect(try await master.send("POST", "/why\(query)").status == 405)
        }
    }
}
