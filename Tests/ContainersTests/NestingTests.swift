import Cluster
import Containers
import Foundation
import Glibc
import LinuxKernel
import Testing

// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct NestingTests {
    /// A chain of running containers, outermost first.
    private func chain(_ depth: Int, in fixture: ContainerFixture) async throws -> [ContainerID] {
        var ids: [ContainerID] = []
        for level in 1...depth {
            let id = ids.last?.child("l\(level)") ?? ContainerID("l1")
            var spec = fixture.spec(id, "echo $PPID; trap 'exit \(level)' TERM; sleep 1000 & wait")
            spec.limits.memoryBytes = Int64(64 + depth - level) << 20
            _ = try await fixture.containerizer.launch(spec)
            ids.append(id)
        }
        return ids
    }

    @Test func thirtyTwoLevelsEachHaveTheirOwnFirstProcessLimitAndStatus() async throws {
        try await ContainerFixture.run { fixture in
            let ids = try await chain(ContainerID.maximumDepth, in: fixture)
            for (index, id) in ids.enumerated() {
                try await eventually("level \(index + 1) runs") { try fixture.written(by: id) == "1\n" }
                let statistics = try fixture.containerizer.statistics(of: id)
                #expect(statistics.usage.memoryLimitBytes == Int64(64 + 32 - index - 1) << 20)
            }
            let deepest = try #require(ids.last)
            try fixture.containerizer.kill(deepest, signal: SIGTERM)
            #expect(try await fixture.containerizer.wait(deepest).waitStatus == 32 << 8)
            try fixture.containerizer.kill(ids[30], signal: SIGTERM)
            #expect(try await fixture.containerizer.wait(ids[30]).waitStatus == 31 << 8)

            try await fixture.containerizer.destroy(ids[0])
            for id in ids.prefix(30) {
                #expect(try await fixture.containerizer.wait(id).waitStatus == SIGKILL)
            }
            #expect(fixture.containerizer.containers().allSatisfy { $0.state == .ended })
        }
    }

    /// A thread whose next children belong elsewhere can start no thread (clone(2)): what waits for one would wait for ever.
    @Test func noThreadStaysInANamespaceThatItLaunchedInto() async throws {
        try await ContainerFixture.run { fixture in
            _ = try await chain(3, in: fixture)
            // Other tests launch at this moment.
            try await eventually("all threads are back") { try threadsAway().isEmpty }
        }
    }

    private func threadsAway() throws -> [String] {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").filter { thread in
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/task/\(thread)/ns/pid_for_children")
            return place != nil && place != own
        }
    }

    @Test func theThirtyThirdLevelIsRefused() async throws {
        try await ContainerFixture.run { fixture in
            let deepest = try #require(try await chain(ContainerID.maximumDepth, in: fixture).last)
            let tooDeep = deepest.child("l33")
            let error = await failure { () async throws(ContainerError) in
                try await fixture.containerizer.launch(fixture.spec(tooDeep, "true"))
            }
            #expect(error == .tooDeep(tooDeep))
            #expect(access(fixture.sandbox(of: tooDeep), F_OK) != 0)
        }
    }

    @Test(arguments: [false, true])
    func aChildSeesItsParentsProcessesOnlyIfItSharesThem(shares: Bool) async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            _ = try await fixture.containerizer.launch(fixture.spec(pod, "exec sleep 1000"))
            let line = "for p in /proc/[0-9]*; do cat $p/comm; done | grep -c sleep; exit 0"
            let count = try await fixture.output(of: pod.child("web"), line) { $0.sharesPIDNamespace = shares }
            #expect(count == (shares ? "1\n" : "0\n"))
        }
    }

    @Test func killingAChildThatSharesProcessesEndsItsOwnOnly() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod"), child = pod.child("web")
            _ = try await fixture.containerizer.launch(fixture.spec(pod, "exec sleep 1001"))
            var spec = fixture.spec(child, "setsid sleep 1002 & sleep 1002 & echo up; wait")
            spec.sharesPIDNamespace = true
            spec.sharesCgroup = true
            _ = try await fixture.containerizer.launch(spec)
            try await eventually("the child runs") { try fixture.written(by: child) == "up\n" }
            try await fixture.containerizer.destroy(child)
            #expect(try await fixture.containerizer.wait(child).waitStatus == SIGKILL)
            let line = "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done | grep '^sleep'"
            let left = try await fixture.output(of: pod.child("look"), line) { $0.sharesPIDNamespace = true }
            #expect(left == "sleep 1001 \n")
        }
    }

    @Test func aCommandThatEndsTakesItsOrphansAlongInASharedPIDNamespace() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod"), child = pod.child("web")
            _ = try await fixture.containerizer.launch(fixture.spec(pod, "exec sleep 1001"))
            let end = try await fixture.end(of: child, "setsid sleep 1003 & exit 7") {
                $0.sharesPIDNamespace = true
            }
            #expect(end.waitStatus == 7 << 8)
            let count = try await fixture.output(of: pod.child("look"), "cat /proc/[0-9]*/comm | grep -c sleep") {
                $0.sharesPIDNamespace = true
            }
            #expect(count == "1\n")
        }
    }

    @Test(arguments: ["exit 3", "kill -TERM $$"])
    func aParentThatEndsKeepsItsStatusAndTakesItsChildrenAlong(line: String) async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod"), child = pod.child("web"), grandchild = child.child("probe")
            _ = try await fixture.containerizer.launch(fixture.spec(pod, "trap '\(line)' USR1; echo up; sleep 1000 & wait"))
            _ = try await fixture.containerizer.launch(fixture.spec(child, "exec sleep 1000"))
            _ = try await fixture.containerizer.launch(fixture.spec(grandchild, nil))
            try await eventually("the parent runs") { try fixture.written(by: pod) == "up\n" }
            try fixture.containerizer.kill(pod, signal: SIGUSR1)
            #expect(try await fixture.containerizer.wait(grandchild).waitStatus == SIGKILL)
            #expect(try await fixture.containerizer.wait(child).waitStatus == SIGKILL)
            let end = try await fixture.containerizer.wait(pod)
            #expect(end.waitStatus == (line == "exit 3" ? 3 << 8 : SIGTERM))
        }
    }

    @Test func aContainerWithoutCommandHoldsOthersUntilASignalEndsIt() async throws {
        try await ContainerFixture.run { fixture in
            let pod = ContainerID("pod")
            _ = try await fixture.containerizer.launch(fixture.spec(pod, nil))
            #expect(try await fixture.end(of: pod.child("a"), "exit 5").waitStatus == 5 << 8)
            try fixture.containerizer.kill(pod, signal: SIGWINCH)
            try fixture.containerizer.kill(pod, signal: SIGTERM)
            #expect(try await fixture.containerizer.wait(pod).waitStatus == SIGTERM)
            // Results of children stay until they, or their parent, are removed.
            #expect(try await fixture.containerizer.wait(pod.child("a")).waitStatus == 5 << 8)
            try await fixture.containerizer.remove(pod)
            #expect(
                await failure { () async throws(ContainerError) in try await fixture.containerizer.wait(pod.child("a")) }
                    == .unknown(pod.child("a"))
            )
        }
    }
}
