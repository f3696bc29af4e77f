import Agent
import ArgumentParser
import MesosMessages
import Testing

@testable import AgoraCommands

/// Options of `agora master`, `agora agent` and `agora local`.
@Suite struct DaemonOptionTests {
    private static let place = #"{"fault_domain": {"region": {"name": "eu"}, "zone": {"name": "eu-1"}}}"#

    @Test func aDomainIsRead() throws {
        let master = try MasterCommand.parse(["--domain", Self.place])
        #expect(master.domain?.faultDomain.region.name == "eu")
        #expect(master.domain?.faultDomain.zone.name == "eu-1")
        #expect(try AgentCommand.parse(["--domain", Self.place]).node.domain == master.domain)
        #expect(try LocalCommand.parse(["--domain", Self.place]).node.domain == master.domain)
        #expect(try MasterCommand.parse([]).domain == nil)
    }

    @Test(arguments: [
        ("{", "--domain"), ("{}", "fault_domain must name a region and a zone"), (#"{"fault_domain": {}}"#, "region"),
        (#"{"fault_domain": {"region": {"name": ""}, "zone": {"name": "z"}}}"#, "fault_domain must name a region and a zone"),
    ])
    func aDomainWithoutPlaceIsRefused(_ text: String, _ words: String) {
        let error = #expect(throws: (any Error).self) { try MasterCommand.parse(["--domain", text]) }
        let message = error.map { MasterCommand.message(for: $0) } ?? ""
        #expect(message.contains(words), "\(message)")
    }

    @Test func anOfferTimeoutIsRead() throws {
        #expect(try MasterCommand.parse(["--offer-timeout", "90s"]).offers.offerTimeout?.duration == .seconds(90))
        #expect(try LocalCommand.parse(["--offer-timeout", "2m"]).offers.offerTimeout?.duration == .seconds(120))
        #expect(try MasterCommand.parse([]).offers.offerTimeout == nil)
        for text in ["0", "-1", "soon"] {
            #expect(throws: (any Error).self) { try MasterCommand.parse(["--offer-timeout", text]) }
        }
    }

    @Test func sandboxesAreKeptAsLongAsSaid() throws {
        var configuration = AgentConfiguration(masterAddress: "a:1", workDirectory: "/w")
        let flags = ["--gc-delay", "2days", "--gc-disk-headroom", "0.25", "--gc-max-size", "10g", "--disk-watch-interval", "30s"]
        try AgentCommand.parse(flags).sandboxes.apply(to: &configuration)
        #expect(configuration.sandboxCleanup.delay == .seconds(172_800) && configuration.sandboxCleanup.headroom == 0.25)
        #expect(configuration.sandboxCleanup.maximumBytes == 10 << 30 && configuration.sandboxCleanup.interval == .seconds(30))
        try LocalCommand.parse([]).sandboxes.apply(to: &configuration)
        #expect(configuration.sandboxCleanup == SandboxCleanup())
        let broken = [
            ["--gc-delay", "-1"], ["--gc-delay", "soon"], ["--gc-disk-headroom", "1.1"], ["--gc-disk-headroom", "nan"],
            ["--gc-max-size", "-1"], ["--disk-watch-interval", "0"],
        ]
        for flags in broken {
            let error = #expect(throws: (any Error).self) { try AgentCommand.parse(flags) }
            #expect(error.map { AgentCommand.message(for: $0) }?.contains(flags[0]) == true)
        }
    }

    @Test func partsOfLogsAreChosen() throws {
        let logs = try LogsCommand.parse(["-n", "20", "--since", "90s", "web"])
        #expect(logs.tail == 20 && logs.since == .ago(.seconds(90)))
        let moments = [
            "2026-03-01T12:00:00Z": 1_772_366_400, "2026-03-01T12:00:00.5+01:30": 1_772_361_000.5, "1970-01-01T00:00:00-00:01": 60,
        ]
        for (text, seconds) in moments { #expect(MomentArgument(argument: text) == .at(seconds), "\(text)") }
        #expect(MomentArgument(argument: "2026-03-01") == MomentArgument(argument: "2026-03-01 00:00:00"))
        for text in [
            "", "yesterday", "2026-13-01", "2026-02-30", "2026-03-01T12:00:00X", "2026-03-01T12:00:00.", "2026-03-01Z",
            "2026-03-01T12:00:00+1:00",
        ] {
            #expect(throws: (any Error).self) { try LogsCommand.parse(["--since", text, "web"]) }
        }
        #expect(throws: (any Error).self) { try LogsCommand.parse(["--tail", "-1", "web"]) }
    }
}
