import LinuxKernel
import Seccomp
import Testing

@testable import Containers

struct RecordTests {
    private static let facts: [ContainerFacts] = [
        ContainerFacts(sandbox: "/plain"),
        ContainerFacts(sandbox: "/with a space/and\nlines\\n\\", user: "a b\n"),
        ContainerFacts(
            sandbox: "/é/日本",
            user: "",
            hasOwnRoot: true,
            layers: ["/low", "/with a space/and\nlines\\n/\\"],
            hasImageRoot: true,
            sharesPIDNamespace: true,
            limits: ResourceLimits(cpus: 1, memoryBytes: .max),
            isTracked: true
        ),
        ContainerFacts(sandbox: "/s", limits: ResourceLimits()), ContainerFacts(sandbox: "/s", limits: everyLimit),
        ContainerFacts(sandbox: "/s", firstID: 700_000, diskBytes: 5, project: 5000, gpus: ["/dev/a b", "/dev/c"], isKeptFromGPUs: true),
        ContainerFacts(
            sandbox: "/s",
            privileges: privileges(.named("a b"), .all, nil),
            isSession: true,
            hasTerminal: true,
            keepsInput: true,
            hasOwnNetwork: true
        ),
        ContainerFacts(sandbox: "/s", privileges: privileges(.unconfined, [], CapabilitySet(rawValue: 1 << 27))),
    ]

    private static func privileges(_ seccomp: SeccompChoice, _ effective: CapabilitySet?, _ bounding: CapabilitySet?) -> Privileges {
        var privileges = Privileges()
        (privileges.seccomp, privileges.effective, privileges.bounding) = (seccomp, effective, bounding)
        return privileges
    }

    private static let everyLimit: ResourceLimits = {
        var limits = ResourceLimits(cpus: 1, cpuLimit: 2, memoryBytes: 3, pids: 4)
        limits.cpuBurst = 6
        limits.memorySoftBytes = 5
        limits.swapBytes = 0
        limits.processors = "0-3,8"
        limits.ioWeight = 7
        limits.io = [DiskLimit(device: "8:0"), DiskLimit(device: "8:16")]
        return limits
    }()

    private static let use: ContainerUse = {
        var use = ContainerUse()
        use.memoryPeakBytes = 98
        use.cpuUserMicroseconds = .max
        use.isShared = true
        return use
    }()

    @Test(arguments: facts)
    func whatIsWrittenIsRead(facts: ContainerFacts) throws {
        var written = ContainerRecord(boot: "b", facts: facts)
        written.isSandboxNew = facts.hasOwnRoot
        let bytes =
            written.opening + ContainerRecord.line(of: ContainerProcess(pid: 7, startTicks: .max))
            + Array("started\nstatus 10752\n".utf8) + ContainerRecord.line(of: ContainerRecord.MemoryLimitation(limit: 99, peak: 98))
            + ContainerRecord.line(of: Self.use)
        let read = try #require(ContainerRecord(reading: bytes))
        #expect(read.use == Self.use)
        #expect(read.facts == facts && read.boot == "b" && read.isSandboxNew == facts.hasOwnRoot && read.hasStarted)
        #expect(read.process == ContainerProcess(pid: 7, startTicks: .max))
        #expect(read.waitStatus == 10752 && read.memoryLimitation == .init(limit: 99, peak: 98))
    }

    @Test func ofARecordThatBreaksOffTheWholeLinesCount() throws {
        let bytes =
            ContainerRecord(boot: "b", facts: Self.facts[1]).opening
            + ContainerRecord.line(of: ContainerProcess(pid: 1234, startTicks: 5678))
        for length in 0..<bytes.count {
            let read = ContainerRecord(reading: Array(bytes.prefix(length)))
            #expect(read?.process == nil)
            if let read { #expect(read.facts.sandbox == Self.facts[1].sandbox) }
        }
    }

    @Test func laterLimitsCount() throws {
        let bytes = ContainerRecord(boot: "b", facts: Self.facts[2]).opening + ContainerRecord.line(of: ResourceLimits(pids: 3))
        #expect(ContainerRecord(reading: bytes)?.facts.limits == ResourceLimits(pids: 3))
    }

    @Test(arguments: ["process 0 1", "process -1 1", "process 1", "process x y", "process 1 2 3", "process 4294967296 1"])
    func aProcessThatIsNoneDoesNotCount(line: String) throws {
        let bytes = ContainerRecord(boot: "b", facts: Self.facts[0]).opening + Array((line + "\n").utf8)
        #expect(try #require(ContainerRecord(reading: bytes)).process == nil)
    }
}
