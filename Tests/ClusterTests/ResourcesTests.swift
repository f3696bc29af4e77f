import Cluster
import Testing

@Suite struct ResourcesTests {
    let eng = RoleName("eng")

    @Test func amountsOfTheSameThingAreAddedUp() throws {
        let sum = try Resources.parse("cpus:1;mem:512;ports:[1-2]") + Resources.parse("cpus:0.5;disk:10;ports:[3-4]")
        #expect(sum.description == "cpus:1.5; disk:10; mem:512; ports:[1-4]")
        #expect(sum.scalar("cpus") == Scalar(thousandths: 1500))
        #expect(sum.ranges("ports").count == 4)
        #expect(sum.scalar("ports") == .zero)
        #expect(sum.names == ["cpus", "disk", "mem", "ports"])
    }

    @Test func differentTermsAreDifferentThings() throws {
        let plain = try Resources.parse("cpus:1")
        let reserved = try Resources.parse("cpus(eng):2")
        let both = plain + reserved
        #expect(both.description == "cpus:1; cpus(eng):2")
        #expect(both.scalar("cpus") == Scalar(thousandths: 3000))
        #expect(both.unreserved == plain)
        #expect(both.reserved == reserved)
        #expect(both.reserved(for: eng) == reserved)
        #expect(both.allocatable(to: RoleName("ops")) == plain)
        #expect(both.allocatable(to: RoleName("eng/web")) == both)
        #expect(!plain.contains(reserved))
        #expect(both - reserved == plain)
    }

    @Test func takingWhatIsNotThereThrowsAndChangesNothing() throws {
        var pool = try Resources.parse("cpus:4;mem:100")
        let error = #expect(throws: ResourcesError.self) { try pool.subtract(Resources.parse("cpus:1;mem:101")) }
        #expect(error?.piece == "mem:101")
        #expect(pool.description == "cpus:4; mem:100")
        try pool.subtract(Resources.parse("cpus:4"))
        #expect(pool.description == "mem:100")
        #expect((pool - (try Resources.parse("mem:1000"))).isEmpty)
    }

    @Test func allocationIsMarkedAndUnmarked() throws {
        let resources = try Resources.parse("cpus:4;cpus(eng):1;mem:512")
        let given = resources.allocated(to: eng)
        #expect(given.description == "cpus(allocated: eng):4; mem(allocated: eng):512; cpus(allocated: eng)(eng):1")
        #expect(given.allocationRoles == [eng])
        #expect(given.unallocated() == resources)
        #expect(given.allocated(to: eng) == given)
        let twice = given + resources.allocated(to: RoleName("ops"))
        #expect(twice.filter(allocatedTo: eng) == given)
        #expect(twice.unallocated().scalar("cpus") == Scalar(thousandths: 10_000))
    }

    @Test func kindsOfValueDoNotMix() {
        let odd: Resources = [Resource("x", .scalar(Scalar(thousandths: 1))), Resource("x", .set(ResourceSet(["a"])))]
        #expect(odd.items.count == 2)
        #expect(odd - [Resource("x", .set(ResourceSet(["a"])))] == [Resource("x", .scalar(Scalar(thousandths: 1)))])
    }

    @Test func emptyOnesDoNotCount() {
        #expect(([Resource("cpus", .scalar(.zero)), Resource("ports", .ranges(ResourceRanges()))] as Resources).isEmpty)
        #expect(Resources.empty.description == "{}")
    }
}

@Suite struct IndivisibleResourcesTests {
    private func disk(_ megabytes: Int64, _ info: DiskInfo, shared: Bool = false) -> Resources {
        [
            Resource(
                "disk",
                .scalar(Scalar(thousandths: megabytes * 1000)),
                metadata: ResourceMetadata(reservations: [Reservation(.dynamic, role: RoleName("eng"))], disk: info, isShared: shared)
            )
        ]
    }

    @Test(arguments: [
        DiskInfo(persistence: DiskInfo.Persistence(id: PersistenceID("v"))), DiskInfo(source: DiskSource(.mount, root: "/m")),
        DiskInfo(source: DiskSource(.block, id: "b")), DiskInfo(source: DiskSource(.raw, id: "r")),
    ])
    func wholeDisksAreNeitherMergedNorDivided(info: DiskInfo) {
        let (one, other) = (disk(10, info), disk(20, info))
        #expect((one + other).items.count == 2)
        #expect((one + one).items.count == 2)
        #expect((one + one).scalar("disk") == Scalar(thousandths: 20_000))
        #expect(!other.contains(one))
        #expect(other - one == other)
        #expect(one + one - one == one)
    }

    @Test(arguments: [DiskInfo(source: DiskSource(.path, root: "/p")), DiskInfo(source: DiskSource(.raw, profile: "fast"))])
    func divisibleDisksAre(info: DiskInfo) {
        #expect(disk(10, info) + disk(20, info) == disk(30, info))
        #expect(disk(30, info).contains(disk(10, info)))
        #expect(disk(30, info) - disk(10, info) == disk(20, info))
    }

    @Test func sharedVolumesAreCounted() {
        let volume = disk(10, DiskInfo(persistence: DiskInfo.Persistence(id: PersistenceID("v"))), shared: true)
        let twice = volume + volume
        #expect(twice.items.count == 2)
        #expect(twice.scalar("disk") == Scalar(thousandths: 10_000), "the space is there once")
        #expect(twice.contains(volume))
        #expect(!volume.contains(twice))
        #expect(twice - volume == volume)
        #expect((volume - twice).isEmpty)
        #expect(twice.description.hasSuffix("<SHARED>:10<2>"))
    }

    @Test func useAndMakerOfAVolumeDoNotMakeItAnother() {
        let made = DiskInfo(persistence: DiskInfo.Persistence(id: PersistenceID("v"), principal: "boss"))
        let used = DiskInfo(
            persistence: DiskInfo.Persistence(id: PersistenceID("v")),
            volume: DiskInfo.Volume(containerPath: "data")
        )
        #expect(disk(10, made).contains(disk(10, used)))
        #expect(disk(10, made) == disk(10, used))
    }

    @Test func labelsHaveNoOrder() {
        let labels = [Label(key: "a"), Label(key: "b", value: "1")]
        let role = RoleName("eng")
        #expect(Reservation(.dynamic, role: role, labels: labels) == Reservation(.dynamic, role: role, labels: labels.reversed()))
    }

    @Test func descriptions() {
        let source = DiskSource(.mount, root: "/mnt", vendor: "acme", id: "7")
        let info = DiskInfo(
            persistence: DiskInfo.Persistence(id: PersistenceID("v")),
            volume: DiskInfo.Volume(containerPath: "data", isReadOnly: true),
            source: source
        )
        #expect(disk(10, info).description == "disk(reservations: [(DYNAMIC,eng)])[MOUNT(acme,7,):/mnt,v:data:ro]:10")
    }

    /// Names chosen to look like the borders between parts must not make different metadata equal.
    @Test func metadataCannotBeForged() {
        let role = RoleName("eng")
        let honest = ResourceMetadata(reservations: [Reservation(.dynamic, role: role, principal: "a", labels: [Label(key: "b")])])
        let forged = ResourceMetadata(reservations: [Reservation(.dynamic, role: role, principal: "a1*1:b-")])
        #expect(honest != forged)
    }
}
