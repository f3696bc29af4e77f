import Cluster
import Testing

@testable import Containers

/// The rules of ``ContainerTree``, by plain calls.
struct ContainerTreeTests {
    private let pod = ContainerID("pod")
    private var web: ContainerID { pod.child("web") }
    private var probe: ContainerID { web.child("probe") }

    private func process(_ number: Int32) -> ContainerProcess { ContainerProcess(pid: number, startTicks: 1) }

    /// A chain of running containers.
    private func tree(_ running: ContainerID...) throws -> ContainerTree {
        var tree = ContainerTree(maximumContainers: 100)
        for (number, id) in running.enumerated() { try launch(id, &tree, Int32(number + 1)) }
        return tree
    }

    private func launch(_ id: ContainerID, _ tree: inout ContainerTree, _ pid: Int32) throws {
        _ = try tree.reserve(id, facts: ContainerFacts(sandbox: "/s"))
        check(tree.attach(process(pid), to: id), [])
        check(tree.confirm(id), true)
    }

    /// For calls that change what they are made on, which `#expect` cannot make.
    private func check<Value: Equatable>(_ actual: Value, _ expected: Value, at location: SourceLocation = #_sourceLocation) {
        #expect(actual == expected, sourceLocation: location)
    }

    private let killed = ContainerTermination(waitStatus: 9)

    @Test func aParentIsReleasedAfterItsChildrenAndKeepsItsStatus() throws {
        var tree = try tree(pod, web, probe)
        check(tree.processEnded(pod, waitStatus: 256), [.kill(probe), .kill(web)])
        check(tree.processEnded(web, waitStatus: 9), [.kill(probe)])
        check(tree.processEnded(probe, waitStatus: 9), [.release(probe, waitStatus: 9)])
        check(tree.released(probe, termination: killed), [.announce(probe), .release(web, waitStatus: 9)])
        check(tree.released(web, termination: killed), [.announce(web), .release(pod, waitStatus: 256)])
        check(tree.released(pod, termination: ContainerTermination(waitStatus: 256)), [.announce(pod)])
        #expect(tree.status(of: pod)?.termination?.waitStatus == 256)
        #expect(tree.status(of: probe)?.state == .ended)
    }

    @Test func destroyingKillsTheInnermostFirstAndAgainIfAskedAgain() throws {
        var tree = try tree(pod, web, probe)
        check(try tree.destroy(web), [.kill(probe), .kill(web)])
        #expect(tree.status(of: web)?.state == .ending)
        #expect(tree.status(of: pod)?.state == .running)
        check(try tree.destroy(web), [.kill(probe), .kill(web)])
        #expect(throws: ContainerError.parentUnknown(web.child("x"), reason: "is being destroyed")) {
            try tree.reserve(web.child("x"), facts: ContainerFacts(sandbox: "/s"))
        }
    }

    @Test func aLaunchInAParentThatGoesIsKilledAsSoonAsThereIsAProcess() throws {
        var tree = try tree(pod)
        _ = try tree.reserve(web, facts: ContainerFacts(sandbox: "/s"))
        check(tree.processEnded(pod, waitStatus: 0), [])
        check(tree.attach(process(7), to: web), [.kill(web)])
        check(tree.confirm(web), false)
        check(tree.discard(web), [.release(pod, waitStatus: 0)])
        #expect(tree.status(of: web) == nil)
    }

    @Test func aLaunchThatIsDestroyedWhileItsProcessIsSetUpIsKilled() throws {
        var tree = try tree(pod)
        _ = try tree.reserve(web, facts: ContainerFacts(sandbox: "/s"))
        _ = tree.attach(process(7), to: web)
        check(try tree.destroy(web), [.kill(web)])
        check(tree.confirm(web), false)
        check(tree.discard(web), [])
        check(try tree.destroy(pod), [.kill(pod)])
    }

    @Test func anEndedContainerGivesItsNameToANewOneWithAllThatWasInIt() throws {
        var tree = try tree(pod, web)
        _ = tree.processEnded(pod, waitStatus: 0)
        _ = tree.processEnded(web, waitStatus: 9)
        _ = tree.released(web, termination: killed)
        #expect(throws: ContainerError.alreadyExists(pod)) { try tree.reserve(pod, facts: ContainerFacts(sandbox: "/s")) }
        _ = tree.released(pod, termination: killed)
        check(try tree.reserve(pod, facts: ContainerFacts(sandbox: "/s")), [web, pod])
        #expect(tree.status(of: web) == nil)
        #expect(tree.status(of: pod)?.state == .launching)
    }

    @Test func onlyEndedContainersAreRemoved() throws {
        var tree = try tree(pod, web)
        #expect(throws: ContainerError.stillRunning(pod)) { try tree.remove(pod) }
        #expect(throws: ContainerError.unknown(probe)) { try tree.remove(probe) }
        _ = tree.processEnded(web, waitStatus: 0)
        #expect(throws: ContainerError.stillRunning(web)) { try tree.remove(web) }
        _ = tree.released(web, termination: killed)
        check(try tree.remove(web), [web])
        #expect(tree.children(of: pod).isEmpty)
    }

    @Test func whatIsToldTwiceOrOutOfPlaceChangesNothing() throws {
        var tree = try tree(pod)
        check(tree.released(pod, termination: killed), [])
        check(tree.discard(pod), [])
        check(tree.attach(process(9), to: pod), [])
        check(tree.processEnded(web, waitStatus: 0), [])
        check(tree.processEnded(pod, waitStatus: 0), [.release(pod, waitStatus: 0)])
        check(tree.processEnded(pod, waitStatus: 1), [])
        _ = tree.released(pod, termination: killed)
        check(tree.released(pod, termination: ContainerTermination(waitStatus: 1)), [])
        #expect(tree.status(of: pod)?.termination == killed)
        check(try tree.destroy(pod), [])
    }

    @Test func depthAndNumberAreLimited() throws {
        var tree = ContainerTree(maximumContainers: ContainerID.maximumDepth + 1)
        var id = pod
        try launch(id, &tree, 1)
        for level in 2...ContainerID.maximumDepth {
            id = id.child("l\(level)")
            try launch(id, &tree, Int32(level))
        }
        #expect(throws: ContainerError.tooDeep(id.child("x"))) { try tree.reserve(id.child("x"), facts: ContainerFacts(sandbox: "/s")) }
        try launch(ContainerID("last"), &tree, 99)
        #expect(throws: ContainerError.self) { try tree.reserve(ContainerID("more"), facts: ContainerFacts(sandbox: "/s")) }
    }

    /// Random events, in any order: every container that is destroyed or whose parent ends is over at last, children
    /// before their parents, and nothing is announced twice.
    @Test(arguments: 1...200)
    func everyStoryEndsWell(seed: UInt64) throws {
        var random = Generator(state: seed)
        var tree = ContainerTree(maximumContainers: 40)
        var todo: [ContainerTree.Action] = []
        var announced: Set<ContainerID> = []
        let names = (0..<4).flatMap { a in
            [ContainerID("a\(a)")]
                + (0..<3).flatMap { b in
                    [ContainerID("a\(a)").child("b\(b)"), ContainerID("a\(a)").child("b\(b)").child("c")]
                }
        }
        func step(_ actions: [ContainerTree.Action]) { todo += actions }
        func carryOut(_ action: ContainerTree.Action) {
            switch action {
            case .kill(let id):
                if case .launching = tree.nodes[id]?.state { step(tree.discard(id)) } else { step(tree.processEnded(id, waitStatus: 9)) }
            case .release(let id, let status):
                #expect(tree.children(of: id).allSatisfy { tree.status(of: $0)?.state == .ended })
                step(tree.released(id, termination: ContainerTermination(waitStatus: status)))
            case .announce(let id):
                #expect(announced.insert(id).inserted)
            }
        }
        for _ in 0..<300 {
            let id = names[Int(random.next() % UInt64(names.count))]
            switch random.next() % 8 {
            case 0, 1: if let gone = try? tree.reserve(id, facts: ContainerFacts(sandbox: "/s")) { announced.subtract(gone) }
            case 2: step(tree.attach(process(1), to: id))
            case 3: _ = tree.confirm(id)
            case 4: step(tree.processEnded(id, waitStatus: 0))
            case 5: if let actions = try? tree.destroy(id) { step(actions) }
            case 6: if let gone = try? tree.remove(id) { announced.subtract(gone) }
            default: if !todo.isEmpty { carryOut(todo.remove(at: Int(random.next() % UInt64(todo.count)))) }
            }
        }
        for id in names {
            if case .launching(nil) = tree.nodes[id]?.state { step(tree.attach(process(1), to: id)) }
            if let actions = try? tree.destroy(id) { step(actions) }
        }
        while !todo.isEmpty { carryOut(todo.removeFirst()) }
        #expect(tree.nodes.keys.allSatisfy { tree.status(of: $0)?.state == .ended })
    }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }
}
