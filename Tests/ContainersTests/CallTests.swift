import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

/// The calls in states in which they make no sense, and many of them at a time.
// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct CallTests {
    @Test func unknownContainersAreSaidToBeUnknown() async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("nobody"), containerizer = fixture.containerizer
            let errors = [
                await failure { () async throws(ContainerError) in try await containerizer.wait(id) },
                await failure { () async throws(ContainerError) in try containerizer.kill(id, signal: SIGTERM) },
                await failure { () async throws(ContainerError) in try await containerizer.destroy(id) },
                await failure { () async throws(ContainerError) in try await containerizer.remove(id) },
                await failure { () async throws(ContainerError) in try await containerizer.forget(id) },
                await failure { () async throws(ContainerError) in try containerizer.statistics(of: id) },
                await failure { () async throws(ContainerError) in try containerizer.update(id, limits: ResourceLimits(cpus: 1)) },
            ]
            #expect(errors == Array(repeating: .unknown(id), count: errors.count))
            let orphan = await failure { () async throws(ContainerError) in
                try await containerizer.launch(fixture.spec(id.child("x"), "true"))
            }
            #expect(orphan == .parentUnknown(id.child("x"), reason: "is not there"))
            _ = try Folder.open(fixture.base)
        }
    }

    @Test func aNameIsTakenUntilItsContainerHasEnded() async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("one"), containerizer = fixture.containerizer
            _ = try await containerizer.launch(fixture.spec(id, nil))
            _ = try await containerizer.launch(fixture.spec(id.child("a"), nil))
            let again = await failure { () async throws(ContainerError) in try await containerizer.launch(fixture.spec(id, nil)) }
            #expect(again == .alreadyExists(id))
            let early = await failure { () async throws(ContainerError) in try await containerizer.remove(id) }
            #expect(early == .stillRunning(id))
            try await containerizer.destroy(id)
            try await containerizer.destroy(id)
            let late = await failure { () async throws(ContainerError) in try containerizer.kill(id, signal: SIGTERM) }
            #expect(late == .unknown(id))
            #expect(try await fixture.end(of: id, "exit 8").waitStatus == 8 << 8)
            #expect(containerizer.containers().map(\.id) == [id])
        }
    }

    @Test(arguments: [SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTERM, SIGALRM, SIGPIPE, SIGABRT])
    func signalsReachTheCommand(signal: Int32) async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("one")
            _ = try await fixture.containerizer.launch(fixture.spec(id, "trap 'exit 77' \(signal); echo up; while :; do sleep 0.01; done"))
            try await eventually("it runs") { try fixture.written(by: id) == "up\n" }
            try fixture.containerizer.kill(id, signal: signal)
            #expect(try await fixture.containerizer.wait(id).waitStatus == 77 << 8)
        }
    }

    @Test func stoppingAndGoingOnConcernTheCommand() async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("one")
            let status = try await fixture.containerizer.launch(fixture.spec(id, "exec sleep 1000"))
            let pid = try #require(status.pid)
            let children = try SmallFile.read("/proc/\(pid)/task/\(pid)/children").split(separator: " ")
            let command = try #require(children.first)
            for (signal, state) in [(SIGSTOP, "T"), (SIGCONT, "S")] {
                try fixture.containerizer.kill(id, signal: signal)
                try await eventually("the command is in state \(state)") {
                    try SmallFile.read("/proc/\(command)/stat").contains(") \(state) ")
                }
            }
        }
    }

    @Test(arguments: [0, -1, 65, Int32.max])
    func signalsThatDoNotExistAreRefused(signal: Int32) async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("one")
            _ = try await fixture.containerizer.launch(fixture.spec(id, nil))
            let error = await failure { () async throws(ContainerError) in try fixture.containerizer.kill(id, signal: signal) }
            guard case .signalFailed = error else {
                Issue.record("\(error.map { "\($0)" } ?? "sent")")
                return
            }
        }
    }

    @Test func manyAtATimeAndDestroyedInTheMiddleLeaveNothing() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod"), containerizer = fixture.containerizer
            _ = try await containerizer.launch(fixture.spec(pod, nil))
            await withTaskGroup(of: ContainerError?.self) { group in
                for number in 0..<100 {
                    var spec = fixture.spec(pod.child("n\(number)"), "exec sleep 1000")
                    spec.sharesCgroup = number % 2 == 0
                    spec.sharesPIDNamespace = number % 3 == 0
                    group.addTask { [spec] in
                        await failure { () async throws(ContainerError) in try await containerizer.launch(spec) }
                    }
                }
                group.addTask {
                    await failure { () async throws(ContainerError) in try await containerizer.destroy(pod) }
                }
                for await error in group {
                    switch error {
                    case nil, .parentUnknown, .launchFailed: break
                    default: Issue.record("\(error.map { "\($0)" } ?? "")")
                    }
                }
            }
            #expect(containerizer.containers().allSatisfy { $0.state == .ended })
            try await containerizer.remove(pod)
            let left = try Folder.open("\(fixture.base)/run/containers").names() + Folder.open("\(fixture.base)/sandboxes").names()
            #expect(left.isEmpty)
        }
    }

    @Test(arguments: [
        "": "PATH lookup of nothing", "a\0b": "NUL",
    ])
    func commandsThatCannotBeAreRefused(executable: String, why: String) async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), nil)
            spec.command = ContainerCommand(executable: executable, arguments: [])
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            guard case .invalid = error else {
                Issue.record("launched \(why)")
                return
            }
            _ = try Folder.open(fixture.base)
        }
    }

    @Test(arguments: [
        ("/no/such/file", 127), ("no-such-command", 127), ("/etc", 126), ("/etc/passwd", 126),
    ])
    func whatCannotBeRunEndsAsInAShell(executable: String, status: Int32) async throws {
        try await ContainerFixture.run { fixture in
            let id = ContainerID("one")
            let end = try await fixture.end(of: id, "") { $0.command = ContainerCommand(executable: executable, arguments: []) }
            #expect(end.waitStatus == status << 8 && end.limitation == nil)
            #expect(try fixture.written(by: id, to: "stderr").contains("cannot run \"\(executable)\""))
        }
    }

    @Test func theCommandIsLookedUpInItsOwnPathAndHasItsOwnEnvironmentOnly() async throws {
        try await ContainerFixture.run { fixture in
            _ = try ImageFixture.files("\(fixture.base)/programs", ["own": "echo $0; env"])
            chmod("\(fixture.base)/programs/own", 0o755)
            setenv("AGORA_TEST_SECRET", "leaked", 1)
            let output = try await fixture.output(of: ContainerID("one"), "") {
                $0.command = ContainerCommand(executable: "own", arguments: ["own"])
                $0.environment = [("PATH", "/nowhere:\(fixture.base)/programs:/usr/bin"), ("A", "1"), ("B", "x=y z")]
            }
            // A script without a first line that names its interpreter is the shell's.
            let lines = Set(output.split(separator: "\n").map(String.init))
            #expect(lines.isSuperset(of: ["\(fixture.base)/programs/own", "A=1", "B=x=y z"]))
            #expect(!output.contains("leaked"))
        }
    }

    @Test func aLongEnvironmentIsFine() async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.output(of: ContainerID("one"), "echo ${#LONG}") {
                $0.environment = [("LONG", String(repeating: "x", count: 100_000))] + (0..<5000).map { ("V\($0)", "value") }
            }
            #expect(output == "100000\n")
        }
    }

    @Test func aMissingWorkingDirectoryOfTheHostFailsTheLaunch() async throws {
        try await ContainerFixture.run { fixture in
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.workingDirectory = "/no/such/folder"
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            guard case .launchFailed(_, let reason) = error else {
                Issue.record("launched")
                return
            }
            #expect(reason.stage == .workingDirectory && reason.reason.contains("No such file"))
            #expect(access(spec.sandbox, F_OK) != 0)
            _ = try Folder.open(fixture.base)
        }
    }

    @Test func hostnamesAreTheContainersOwn() async throws {
        try await ContainerFixture.run { fixture in
            var before = utsname()
            uname(&before)
            let pod = ContainerID("pod")
            var spec = fixture.spec(pod, nil)
            spec.hostname = "pod-host"
            _ = try await fixture.containerizer.launch(spec)
            #expect(try await fixture.output(of: pod.child("a"), "uname -n") == "pod-host\n")
            #expect(try await fixture.output(of: pod.child("b"), "uname -n") { $0.hostname = "b-host" } == "b-host\n")
            var after = utsname()
            uname(&after)
            withUnsafeBytes(of: before.nodename) { before in
                withUnsafeBytes(of: after.nodename) { #expect($0.elementsEqual(before)) }
            }
        }
    }
}
