import Allocation
import Cluster
import Testing

/// Who may be offered what.
@Suite struct TermsTests {
    private func allocator(_ total: Resources, _ capabilities: OfferCapabilities = [], role: RoleName = eng) -> Allocator {
        var allocator = Allocator()
        allocator.addFramework(one, roles: [role], capabilities: capabilities)
        allocator.addAgent(AgentID("a"), total: total)
        return allocator
    }

    private func offered(_ total: Resources, _ capabilities: OfferCapabilities = [], role: RoleName = eng) -> Resources {
        var allocator = allocator(total, capabilities, role: role)
        return allocator.allocate(at: second(0)).first?.resources.unallocated() ?? .empty
    }

    @Test(arguments: [
        ("eng", "cpus:1; cpus(eng):2"), ("eng/web", "cpus:1; cpus(eng):2"), ("ops", "cpus:1"), ("*", "cpus:1"),
    ])
    func reservedResourcesGoToTheirRole(role: String, expected: String) throws {
        #expect(offered(try resources("cpus:1;cpus(eng):2"), role: RoleName(role)).description == expected)
    }

    @Test func theRestGoesToTheNext() throws {
        var allocator = allocator(try resources("cpus:1;cpus(ops):2"))
        allocator.addFramework(two, roles: [ops])
        let grants = allocator.allocate(at: second(0))
        #expect(grants.map(\.framework) == [one, two])
        #expect(grants.map { $0.resources.scalar("cpus").value } == [1, 2])
    }

    @Test func revocableSharedAndRefinedNeedCapabilities() throws {
        let base = [Reservation(.static, role: eng)]
        let refined = ResourceMetadata(reservations: base + [Reservation(.dynamic, role: RoleName("eng/web"))])
        let volume = DiskInfo(persistence: DiskInfo.Persistence(id: PersistenceID("v")))
        let cases: [(OfferCapabilities, Resource)] = [
            (.revocable, Resource("cpus", .scalar(Scalar(thousandths: 1000)), metadata: ResourceMetadata(isRevocable: true))),
            (.refinedReservations, Resource("cpus", .scalar(Scalar(thousandths: 1000)), metadata: refined)),
            (
                .shared,
                Resource(
                    "disk",
                    .scalar(Scalar(thousandths: 1000)),
                    metadata: ResourceMetadata(reservations: base, disk: volume, isShared: true)
                )
            ),
        ]
        let plain = try resources("cpus:4")
        for (capability, special) in cases {
            let total = plain + [special]
            #expect(offered(total, role: RoleName("eng/web")) == plain)
            #expect(offered(total, capability, role: RoleName("eng/web")) == total)
        }
    }

    @Test func sharedVolumesAreOfferedWhileInUse() throws {
        let metadata = ResourceMetadata(disk: DiskInfo(persistence: DiskInfo.Persistence(id: PersistenceID("v"))), isShared: true)
        let volume: Resources = [Resource("disk", .scalar(Scalar(thousandths: 1000)), metadata: metadata)]
        var allocator = allocator(try resources("cpus:4") + volume, .shared)
        let grant = try #require(allocator.allocate(at: second(0)).first)
        allocator.recover(one, grant.agent, try resources("cpus:1").allocated(to: eng), at: second(0))
        let again = try #require(allocator.allocate(at: second(0)).first)
        #expect(again.resources.unallocated() == (try resources("cpus:1")) + volume)
    }

    @Test func agentsWithGPUsAreKeptForTheirUsers() throws {
        let total = try resources("cpus:4;gpus:1")
        #expect(offered(total).isEmpty)
        #expect(offered(total, .gpus) == total)
        var open = Allocator(options: AllocatorOptions(keepsGPUsForTheirUsers: false))
        open.addFramework(one, roles: [eng])
        open.addAgent(AgentID("a"), total: total)
        #expect(open.allocate(at: second(0)).count == 1)
    }

    @Test func aNewCapabilityIsUsedAtOnce() throws {
        var allocator = allocator(try resources("cpus:4;gpus:1"))
        #expect(allocator.allocate(at: second(0)).isEmpty)
        allocator.updateFramework(one, roles: [eng], capabilities: .gpus)
        #expect(allocator.allocate(at: second(0)).count == 1)
    }

    @Test(arguments: [
        ("cpus:0.009;mem:31.999", false), ("cpus:0.01", true), ("mem:32", true), ("disk:9999;ports:[1-9]", false), ("", false),
    ])
    func scrapsAreNotOffered(text: String, isOffered: Bool) throws {
        let total = try resources(text)
        #expect(offered(total) == (isOffered ? total : .empty))
    }

    @Test func scrapsAreOfferedIfWanted() throws {
        var allocator = Allocator(options: AllocatorOptions(minimumAllocatable: []))
        allocator.addFramework(one, roles: [eng])
        try allocator.addAgents(1, "ports:[1-2]")
        #expect(allocator.allocate(at: second(0)).count == 1)
    }
}
