import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

/// A containerizer that goes away at some moment, and the next one on the same folder.
// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct RecoveryTests {
    private static let waiting = "trap 'exit 9' TERM; echo up; sleep 1000 & wait"

    private func next(_ fixture: ContainerFixture, known: Set<ContainerID>? = nil) async throws -> (Containerizer, [ContainerStatus]) {
        fixture.containerizer.shutdown()
        let next = try Containerizer(configuration: fixture.configuration)
        return (next, try await next.recover(known: known))
    }

    private func end(_ containerizer: Containerizer) async throws {
        for container in containerizer.containers() where container.id.depth == 1 { try await containerizer.destroy(container.id) }
        containerizer.shutdown()
    }

    @Test func runningContainersAreFoundWithAllThatIsKnownOfThem() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod"), child = pod.child("web")
            var spec = fixture.spec(pod, Self.waiting)
            spec.user = "root"
            spec.limits = ResourceLimits(cpus: 300, memoryBytes: 64 << 20)
            _ = try await fixture.containerizer.launch(spec)
            _ = try await fixture.containerizer.launch(fixture.spec(child, Self.waiting))
            try fixture.containerizer.update(pod, limits: ResourceLimits(cpus: 400))
            try await eventually("both run") { try fixture.written(by: pod) == "up\n" && fixture.written(by: child) == "up\n" }
            let before = fixture.containerizer.containers()

            let (next, found) = try await next(fixture)
            #expect(found == before)
            #expect(try next.statistics(of: pod).cpus == 400)
            try next.kill(child, signal: SIGTERM)
            #expect(try await next.wait(child).waitStatus == 9 << 8)
            let again = pod.child("more")
            _ = try await next.launch(fixture.spec(again, "exit 4"))
            #expect(try await next.wait(again).waitStatus == 4 << 8)
            try await next.destroy(pod)
            #expect(try await next.wait(pod).waitStatus == SIGKILL)
            try await end(next)
        }
    }

    @Test func whoEndedMeanwhileHasItsStatus() async throws {
        try await ContainerFixture.run { fixture in
            let pods = ["exits", "killed", "parent"].map { ContainerID($0) }
            var pids: [Int32] = []
            for pod in pods {
                pids.append(try #require(try await fixture.containerizer.launch(fixture.spec(pod, Self.waiting)).pid))
            }
            let child = pods[2].child("web")
            _ = try await fixture.containerizer.launch(fixture.spec(child, nil))
            for pod in pods { try await eventually("it runs") { try fixture.written(by: pod) == "up\n" } }
            fixture.containerizer.shutdown()
            let processes = try pids.map { pid throws(KernelError) in try Pidfd(opening: pid) }
            try processes[0].send(signal: SIGTERM)
            try processes[1].send(signal: SIGKILL)
            try processes[2].send(signal: SIGTERM)
            // The parent cannot end before its child's end is taken note of, which here nobody does.
            for process in processes.dropLast() {
                try await eventually("it has ended") { try SmallFile.read("/proc/\(process.pid)/stat").contains(") Z ") }
            }
            // What was being removed when its remover was killed.
            let removed = "\(fixture.base)/run/removed"
            _ = try Folder.make("\(removed)/left/deep")
            let next = try Containerizer(configuration: fixture.configuration)
            let found = try await next.recover(known: nil)
            #expect(try Folder.open(removed).names().isEmpty)
            #expect(found.map(\.id) == [pods[0], pods[1], pods[2], child])
            #expect(found.prefix(2).map(\.state) == [.ended, .ended])
            var statuses: [Int32] = []
            for id in pods + [child] { statuses.append(try await next.wait(id).waitStatus) }
            #expect(statuses == [9 << 8, SIGKILL, 9 << 8, SIGKILL])
            for pod in pods {
                try await next.remove(pod)
                #expect(access(fixture.sandbox(of: pod), F_OK) != 0)
            }
            try await eventually("nothing of them is left") { try Folder.open(removed).names().isEmpty }
            try await end(next)
        }
    }

    @Test func whatNobodyKnowsIsDestroyed() async throws {
        try await ContainerFixture.run { fixture in
            let known = ContainerID("known"), unknown = ContainerID("unknown")
            for pod in [known, unknown] {
                _ = try await fixture.containerizer.launch(fixture.spec(pod, nil))
                _ = try await fixture.containerizer.launch(fixture.spec(pod.child("web"), nil))
            }
            let lost = try fixture.containerizer.status(of: unknown)
            let (next, found) = try await next(fixture, known: [known])
            #expect(found.map(\.id) == [known, known.child("web")])
            #expect(throws: KernelError.self) { try Pidfd(opening: lost.pid ?? 0) }
            #expect(access(fixture.sandbox(of: unknown), F_OK) == 0, "sandboxes are left to the agent")
            try await end(next)
        }
    }

    /// Records as they look at every moment at which their writer may be killed, and some that nobody wrote so.
    @Test(arguments: [
        "", "version 1", "version 1\n", "version 1\nboot x\nsandbox /tmp/x", "version 1\nboot x\nsandbox /tmp/x\n",
        "version 1\nboot x\nsandbox /tmp/x\nprocess 1", "version 1\nboot x\nsandbox /tmp/x\nprocess 99999999999 1\n",
        "version 1\nboot x\nsandbox /tmp/x\nprocess 99 1\n", "version 2\nboot x\nsandbox /tmp/x\nprocess 1 1\nstarted\n", "\n\n\n",
        "\u{0}\u{1}\u{2}\n", "process 1 1\n",
    ])
    func whatWasBeingLaunchedIsTakenBack(record: String) async throws {
        try await ContainerFixture.run { fixture in
            let folder = try Folder.open("\(fixture.base)/run").makePath("containers/half").folder
            try folder.file("record", flags: O_WRONLY | O_CREAT, mode: 0o600).write(Array(record.utf8), describedAs: "record")
            let (next, found) = try await next(fixture)
            #expect(found.isEmpty)
            let left = try Folder.open("\(fixture.base)/run/containers").names()
            #expect(left.isEmpty)
            try await end(next)
        }
    }

    /// One whose launch is over, but nobody has heard of it: it waits for leave that nobody gives, or runs already.
    @Test(arguments: [false, true])
    func aLaunchOfWhichNobodyHeardCountsIfItsCommandRuns(hasStarted: Bool) async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("half")
            _ = try await fixture.containerizer.launch(fixture.spec(pod, Self.waiting))
            try await eventually("it runs") { try fixture.written(by: pod) == "up\n" }
            let path = "\(fixture.base)/run/containers/half/record"
            let record = try SmallFile.read(path)
            #expect(record.contains("new-sandbox") && record.hasSuffix("started\n"))
            if !hasStarted { try rewrite(path, record.replacing("started\n", with: "")) }
            fixture.containerizer.shutdown()
            var configuration = fixture.configuration
            configuration.launchTimeout = .milliseconds(50)
            let next = try Containerizer(configuration: configuration)
            let found = try await next.recover(known: nil)
            #expect(found.map(\.state) == (hasStarted ? [.running] : []))
            #expect((access(fixture.sandbox(of: pod), F_OK) == 0) == hasStarted, "what the launch made goes with it")
            try await end(next)
        }
    }

    @Test func whatContainersWroteWhoseRecordsAreLostIsRemoved() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            var spec = fixture.spec(pod, nil)
            spec.root = .image(layers: [layer])
            _ = try await fixture.containerizer.launch(spec)
            _ = try Folder.make("\(fixture.base)/written/containers/gone/upper")
            _ = try Folder.make("\(fixture.base)/run/containers/.agora-removed-1-1-gone/containers")
            let (next, found) = try await next(fixture)
            #expect(found.map(\.id) == [pod])
            for folder in ["written", "run"] { #expect(try Folder.open("\(fixture.base)/\(folder)/containers").names() == ["pod"]) }
            try await end(next)
        } configure: { configuration in
            configuration.writableDirectory = configuration.runtimeDirectory.replacing("/run", with: "/written")
        }
    }

    private func rewrite(_ path: String, _ text: String) throws {
        let file = Descriptor(owning: open(path, O_WRONLY | O_TRUNC | O_CLOEXEC))
        try file.write(Array(text.utf8), describedAs: path)
    }

    @Test(arguments: ["this boot", "an earlier boot"])
    func aNumberThatAnotherProcessHasNowIsNotMistaken(boot: String) async throws {
        try await ContainerFixture.run { fixture in
            // This very process, started at another time than the record says, or known from before a restart.
            let isThisBoot = boot == "this boot"
            let bootID = isThisBoot ? try ProcessStart.boot() : "earlier"
            let ticks = try ProcessStart.ticks(of: getpid()) + (isThisBoot ? 1 : 0)
            let record = "version 1\nboot \(bootID)\nsandbox \(fixture.base)/x\ntracked \nprocess \(getpid()) \(ticks)\nstarted\n"
            let folder = try Folder.open("\(fixture.base)/run").makePath("containers/old").folder
            try folder.file("record", flags: O_WRONLY | O_CREAT, mode: 0o600).write(Array(record.utf8), describedAs: "record")
            let (next, found) = try await next(fixture)
            #expect(found.map(\.termination) == [ContainerTermination(waitStatus: SIGKILL)])
            try await end(next)
        }
    }

    /// Which containers have lost their records, of those in a tree.
    @Test(arguments: [
        ["gone", "pod/gone"], ["gone", "gone/one"], ["gone", "gone/one", "gone/two"], ["pod/gone", "pod/lost"],
        ["gone", "pod/gone", "pod/lost"],
    ])
    func cgroupsOfNobodyAreEmptiedAndRemoved(lost: [String]) async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod"), live = pod.child("live")
            let gone = try lost.map { try ContainerID(validating: $0.split(separator: "/").map(String.init)) }
            for id in [pod, live] + gone { _ = try await fixture.containerizer.launch(fixture.spec(id, nil)) }
            let pids = try gone.map { id throws(ContainerError) in try fixture.containerizer.status(of: id).pid ?? 0 }
            fixture.containerizer.shutdown()
            // As if their records had been lost, with the cgroups and processes still there.
            for id in gone {
                let folder = "\(fixture.base)/run/containers/" + (id.parent.map { "\($0)/containers" } ?? "")
                if let above = try? Folder.open(folder) { try above.removeTree(id.value) }
            }
            let next = try Containerizer(configuration: fixture.configuration)
            let found = try await next.recover(known: nil)
            #expect(found.map(\.id) == [pod, live] && found.map(\.state) == [.running, .running])
            // Those inside first: what is around them ends only when somebody has taken note of their ends.
            for pid in pids.reversed() {
                let process = try Pidfd(opening: pid)
                // It may be out of its cgroup a moment before it has ended.
                #expect(process.hasEnded(within: 10_000))
                #expect(try process.reap() == SIGKILL)
            }
            try await end(next)
        }
    }

    @Test func oneRuntimeDirectoryServesOneContainerizer() async throws {
        try await ContainerFixture.run { fixture in
            #expect(throws: ContainerError.self) { try Containerizer(configuration: fixture.configuration) }
            _ = try Folder.open(fixture.base)
        }
    }
}
