import Foundation
import TestSupport
import Testing

/// What daemons log, for programs.
@Suite(.enabled(if: geteuid() == 0))  // Containers need root.
struct LogFormatTests {
    private struct Line: Decodable {
        let time: String
        let level: String
        let label: String
        let message: String
        let metadata: [String: String]?
    }

    @Test func eachLineIsAnObject() async throws {
        try await AgoraLocal.run(arguments: ["--log-format", "json", "--log-level", "debug"]) { local in
            #expect(try await Program.run("curl", ["-s", "http://\(local.master)/version"]).status == 0)
            #expect(try await Program.run("curl", ["-s", "-d", "x", "http://\(local.master)/\"quoted\""]).status == 0)
            #expect(await eventually { local.process.standardError.contains("quoted") })
            let text = local.process.standardError
            let lines = try text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1).map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            for line in lines {
                #expect(line.label == "agora.local" && !line.message.isEmpty)
                #expect(["debug", "info", "notice", "warning"].contains(line.level))
                #expect(line.time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(line.time)")
            }
            let version = try #require(lines.first { $0.message == "GET /version" })
            #expect(version.level == "debug" && version.metadata?["status"] == "200")
            #expect(Double(version.metadata?["milliseconds"] ?? "") != nil)
            let wrong = try #require(lines.first { $0.message.contains("quoted") })
            #expect(wrong.message == "POST /\"quoted\"" && wrong.metadata?["status"] == "404")
            #expect(lines.contains { $0.level == "info" && $0.metadata?["agent"] != nil }, "\(lines.map(\.message))")
        }
    }

    @Test func requestsAreLoggedOnlyWhenThatIsWanted() async throws {
        try await AgoraLocal.run(arguments: ["--log-level", "info"]) { local in
            func ask(_ path: String) async throws { _ = try await Program.run("curl", ["-s", "http://\(local.master)\(path)"]) }
            try await ask("/version?before")
            try await ask("/logging/toggle?level=1&duration=10mins")
            try await ask("/version?after")
            #expect(await eventually { local.process.standardError.contains("GET /version?after") })
            #expect(!local.process.standardError.contains("GET /version?before"))
        }
    }

    @Test func otherFormatsAreRefused() async throws {
        let ended = await (try Program.agora(["master", "--log-format", "xml"])).ended()
        #expect(ended.status == 64 && ended.errors.contains("--log-format"), "\(ended)")
    }
}
