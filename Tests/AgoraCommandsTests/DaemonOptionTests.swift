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
}
