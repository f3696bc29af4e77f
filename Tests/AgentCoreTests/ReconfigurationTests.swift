import AgentCore
import Cluster
import MesosAPI
import MesosMessages
import Testing

/// What an agent may change of itself between two starts.
@Suite struct ReconfigurationTests {
    private static func info(_ resources: String, _ attributes: String = "", hostname: String = "node1") throws -> Mesos_V1_AgentInfo {
        var info = Mesos_V1_AgentInfo()
        info.hostname = hostname
        info.resources = try Resources.parse(resources).messages
        info.attributes = try Mesos_V1_Attribute.parse(attributes)
        return info
    }

    @Test(arguments: [
        ("cpus:4;mem:1024", "cpus:4;mem:1024", true, true), ("cpus:4;mem:1024", "mem:1024;cpus:4", true, true),
        ("cpus:4;mem:1024", "cpus:8;mem:1024", false, true), ("cpus:4;mem:1024", "cpus:4;mem:1024;gpus:1", false, true),
        ("cpus:4;mem:1024", "cpus:2;mem:1024", false, false), ("cpus:4;mem:1024", "cpus:4", false, false),
        ("cpus:4;ports:[10-20]", "cpus:4;ports:[10-30]", false, true), ("cpus:4;ports:[10-20]", "cpus:4;ports:[15-30]", false, false),
        ("cpus(a):4", "cpus(b):4", false, false),
    ])
    func resources(_ former: String, _ current: String, _ isEqual: Bool, _ isMore: Bool) throws {
        let (old, new) = (try Self.info(former), try Self.info(current))
        #expect(ReconfigurationPolicy.equal.differences(from: old, to: new).isEmpty == isEqual)
        #expect(ReconfigurationPolicy.additive.differences(from: old, to: new).isEmpty == isMore)
    }

    @Test(arguments: [
        ("rack:a", "rack:a", true, true), ("rack:a", "rack:a;disk:ssd", false, true), ("rack:a", "rack:b", false, false),
        ("rack:a", "", false, false), ("rack:a;disk:ssd", "disk:ssd;rack:a", true, true),
    ])
    func attributes(_ former: String, _ current: String, _ isEqual: Bool, _ isMore: Bool) throws {
        let (old, new) = (try Self.info("cpus:1", former), try Self.info("cpus:1", current))
        #expect(ReconfigurationPolicy.equal.differences(from: old, to: new).isEmpty == isEqual)
        #expect(ReconfigurationPolicy.additive.differences(from: old, to: new).isEmpty == isMore)
    }

    @Test func whatDiffersIsSaid() throws {
        let former = try Self.info("cpus:4;mem:1024", "rack:a")
        var current = try Self.info("cpus:2;mem:1024", "rack:b", hostname: "node2")
        current.port = 1
        let words = ReconfigurationPolicy.additive.differences(from: former, to: current).joined(separator: "\n")
        for word in ["hostname was node1, is node2", "cpus:4", "cpus:2", "rack:a", "rack:b"] { #expect(words.contains(word), "\(words)") }
        #expect(!words.contains("port"), "an agent may move to another port")
    }

    @Test func aDomainMayBeAddedButNotChanged() throws {
        let none = try Self.info("cpus:1")
        var west = none
        west.domain.faultDomain.region.name = "west"
        west.domain.faultDomain.zone.name = "a"
        var east = west
        east.domain.faultDomain.region.name = "east"
        #expect(ReconfigurationPolicy.additive.differences(from: none, to: west).isEmpty)
        #expect(!ReconfigurationPolicy.equal.differences(from: none, to: west).isEmpty)
        for policy in ReconfigurationPolicy.allCases { #expect(!policy.differences(from: west, to: east).isEmpty) }
    }

    @Test func theDescriptionIsStoredWhenItIsNew() {
        var agent = CoreHarness()
        agent.recover(StoredAgent(), [])
        #expect(agent.disk.description?.info.hostname == "node1")
        let stored = agent.disk
        _ = agent.take()
        agent.recover(stored, [])
        let isStoredAgain = agent.effects.contains { if case .persist(.putDescription) = $0 { true } else { false } }
        #expect(!isStoredAgain)
    }
}
