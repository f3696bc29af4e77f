import Cluster
import Foundation
import NIOCore
import TestSupport

/// An agent that lives again and again on one folder, and is killed each time while containers come and go; after each
/// death it is checked that all is there that must be, as it must be, and nothing else.
final class KilledAgent {
    private let folder: URL
    private let image: String
    private let bridge: String
    private let arguments: [String]
    private var agent: AgentProcess
    private var random: SplitMix
    private var victims: [Victim] = []
    private var window = KillWindow()
    private var count = 0

    /// What is done to a container while the agent is about to die.
    enum Step: Sendable {
        case launch(Victim)
        case kill(ContainerID, Int32)
        case remove(ContainerID)
    }

    init(folder: URL, networks: TestNetworks, image: String, seed: UInt64) async throws {
        self.folder = folder
        self.image = image
        bridge = networks.bridge
        random = SplitMix(seed: seed)
        arguments = [
            "--network-cni-config-dir", networks.folder, "--network-cni-plugins-dir", networks.pluginFolders.joined(separator: ":"),
        ]
        try networks.add("quick.conflist", Self.network(networks, leases: folder.appending(path: "leases").path))
        agent = try await AgentProcess.start(folder, arguments)
    }

    /// Addresses at a bridge, and nothing that takes long.
    private static func network(_ networks: TestNetworks, leases: String) -> String {
        """
        {"cniVersion": "1.0.0", "name": "quick", "plugins": [{"type": "bridge", "bridge": "\(networks.bridge)", "isGateway": true,
          "ipam": {"type": "host-local", "dataDir": "\(leases)", "ranges": [[{"subnet": "\(networks.prefix).0/24"}]]}}]}
        """
    }

    private var mark: String { folder.path }

    /// Lives and dies so often.
    ///
    /// - Returns: what was wrong after the first death after which anything was.
    func live(times: Int) async throws -> [String] {
        // The plugin stumbles when two make the bridge at the same time.
        victims.append(Victim(id: ContainerID("first"), kind: .network, exitCode: nil))
        guard await perform(.launch(victims[0])) == 200 else { return ["the first container was not launched"] }
        victims[0].launchStatus = 200
        for life in 0..<times {
            let steps = (0..<Int.random(in: 2...5, using: &random)).map { _ in nextStep() }
            let (delay, answers) = try await die(during: steps)
            let problems = await check(steps, answers)
            guard problems.isEmpty else {
                return ["in life \(life), killed after \(delay), while \(zip(steps, answers).map { "\($0) \($1 ?? 0)" }):"] + problems
            }
        }
        return await end()
    }

    // MARK: Before the kill

    private func nextStep() -> Step {
        let chance = Int.random(in: 0..<100, using: &random)
        let running = victims.filter { $0.isRunning && $0.exitCode == nil && !isDoomed($0.id) && $0.id.value != "first" }
        let ended = victims.filter { victim in
            victim.isKnown && victim.waitStatus != nil && !victim.isBeingRemoved
                && !victims.contains { victim.id.chain.contains($0.id) && $0.isBeingRemoved }
        }
        if chance < 30, let victim = running.randomElement(using: &random) {
            let signal: Int32 = Bool.random(using: &random) ? SIGKILL : SIGTERM
            change(victim.id) { $0.kills.append((signal, false)) }
            return .kill(victim.id, signal)
        }
        if chance < 45, let victim = ended.randomElement(using: &random) {
            change(victim.id) { $0.isBeingRemoved = true }
            return .remove(victim.id)
        }
        let victim = newVictim(parents: running.map(\.id).filter { $0.depth < 6 })
        victims.append(victim)
        return .launch(victim)
    }

    private func newVictim(parents: [ContainerID]) -> Victim {
        count += 1
        let kind = Victim.Kind.allCases.randomElement(using: &random) ?? .plain
        let exitCode = Bool.random(using: &random) ? Int32.random(in: 0...99, using: &random) : nil
        guard kind.isNested, let parent = parents.randomElement(using: &random) else {
            return Victim(id: ContainerID("c\(count)"), kind: kind.isNested ? .plain : kind, exitCode: exitCode)
        }
        return Victim(id: parent.child("c\(count)"), kind: kind, exitCode: exitCode)
    }

    private func isDoomed(_ id: ContainerID) -> Bool { victims.contains { id.chain.contains($0.id) && !$0.kills.isEmpty } }

    private func change(_ id: ContainerID, _ change: (inout Victim) -> Void) {
        guard let index = victims.firstIndex(where: { $0.id == id }) else { return }
        change(&victims[index])
    }

    // MARK: The kill

    /// All steps at once, and the kill at a moment by chance; the answers that came before it.
    private func die(during steps: [Step]) async throws -> (Duration, [Int?]) {
        let isSlow = steps.contains { if case .launch(let victim) = $0 { victim.kind == .network } else { false } }
        let delay = window.delay(isSlow: isSlow, using: &random)
        let answers = await withTaskGroup(of: (Int, Int?).self) { group in
            for (index, step) in steps.enumerated() {
                group.addTask { [agent, image, folder, mark] in
                    (index, await Self.perform(step, agent, image: image, volume: folder.path + "/meta", mark: mark))
                }
            }
            try? await Task.sleep(for: delay)
            await agent.kill()
            var answers = [Int?](repeating: nil, count: steps.count)
            for await (index, answer) in group { answers[index] = answer }
            return answers
        }
        window.learn(isSlow: isSlow, answered: answers.count { $0 != nil }, of: steps.count)
        agent = try await AgentProcess.start(folder, arguments)
        return (delay, answers)
    }

    private func perform(_ step: Step) async -> Int? {
        await Self.perform(step, agent, image: image, volume: folder.path + "/meta", mark: mark)
    }

    private static func perform(_ step: Step, _ agent: AgentProcess, image: String, volume: String, mark: String) async -> Int? {
        switch step {
        case .launch(let victim):
            await agent.call("LAUNCH_CONTAINER", victim.launch(mark: mark, image: image, volume: volume))?.status
        case .kill(let id, let signal):
            await agent.call("KILL_CONTAINER", ["container_id": id.json, "signal": signal])?.status
        case .remove(let id):
            await agent.call("REMOVE_CONTAINER", ["container_id": id.json])?.status
        }
    }

    // MARK: After the kill

    private func check(_ steps: [Step], _ answers: [Int?]) async -> [String] {
        var problems: [String] = []
        for (step, answer) in zip(steps, answers) { problems += note(step, answer) }
        let running = await runningContainers()
        for name in running where !victims.contains(where: { "\($0.id)" == name }) { problems.append("nobody launched \(name)") }
        for victim in victims.sorted(by: { $0.id.depth < $1.id.depth }) where !victim.isGone && victim.waitStatus == nil {
            problems += await settle(victim, isRunning: running.contains("\(victim.id)"))
        }
        for victim in victims where victim.isBeingRemoved && !victim.isGone { problems += await removeAgain(victim) }
        return problems.isEmpty ? await checkTraces() : problems
    }

    private func note(_ step: Step, _ answer: Int?) -> [String] {
        switch step {
        case .launch(let victim):
            change(victim.id) { $0.launchStatus = answer }
            guard let answer, answer != 200 else { return [] }
            change(victim.id) { $0.isGone = true }
            return isDoomed(victim.id) ? [] : ["the launch of \(victim.id), \(victim.kind), was answered \(answer)"]
        case .kill(let id, let signal):
            change(id) { $0.kills = [(signal, answer == 200)] }
            return answer == 200 || answer == nil || isDoomed(id) ? [] : ["the kill of \(id) was answered \(answer ?? 0)"]
        case .remove(let id):
            if answer == 200 { forget(id) }
            return answer == 200 || answer == nil ? [] : ["the removal of \(id) was answered \(answer ?? 0)"]
        }
    }

    private func forget(_ id: ContainerID) {
        for index in victims.indices where victims[index].id.chain.contains(id) { victims[index].isGone = true }
    }

    private func runningContainers() async -> Set<String> {
        let answer = await agent.call("GET_CONTAINERS", ["show_nested": true, "show_standalone": true])
        let list = answer?.value("get_containers", "containers") as? [NSDictionary] ?? []
        return Set(list.map { Self.name($0["container_id"] as? NSDictionary) })
    }

    private static func name(_ id: NSDictionary?) -> String {
        guard let id, let value = id["value"] as? String else { return "" }
        let parent = name(id["parent"] as? NSDictionary)
        return parent.isEmpty ? value : "\(parent).\(value)"
    }

    /// What became of a container whose end is not known yet. Where nobody knows whether a kill arrived, it is sent again.
    private func settle(_ victim: Victim, isRunning: Bool) async -> [String] {
        let around = victims.filter { victim.id.chain.contains($0.id) }
        if isRunning && victim.exitCode == nil && around.allSatisfy(\.kills.isEmpty) {
            change(victim.id) { $0.launchStatus = 200 }
            return []
        }
        if isRunning, let kill = victim.kills.first, !kill.isSure { _ = await perform(.kill(victim.id, kill.signal)) }
        guard let answer = await agent.call("WAIT_CONTAINER", ["container_id": victim.id.json], within: .seconds(60)) else {
            return ["\(victim.id), which \(isRunning ? "ran" : "did not run"), does not end"]
        }
        guard answer.status == 200, let status = answer.value("wait_container", "exit_status") as? Int32 else {
            let mayBeUnknown = victim.launchStatus != 200 || around.contains { $0.isGone || ($0.id != victim.id && $0.waitStatus != nil) }
            change(victim.id) { $0.isGone = true }
            return mayBeUnknown ? [] : ["\(victim.id), \(victim.kind), is lost: \(answer.status)"]
        }
        change(victim.id) { ($0.launchStatus, $0.waitStatus) = (200, status) }
        var expected = Set(victim.kills.map(\.signal))
        if let code = victim.exitCode { expected.insert(code << 8) }
        if around.contains(where: { $0.id != victim.id && !$0.kills.isEmpty }) { expected.insert(SIGKILL) }
        return expected.contains(status) ? [] : ["\(victim.id), \(victim.kind), ended with \(status), not \(expected)"]
    }

    private func removeAgain(_ victim: Victim) async -> [String] {
        let answer = await perform(.remove(victim.id))
        forget(victim.id)
        return answer == 200 ? [] : ["the second removal of \(victim.id) was answered \(answer ?? 0)"]
    }

    /// What is left to plugins takes a while: nobody waits for it.
    private func checkTraces() async -> [String] {
        let traces = VictimTraces(folder: folder, mark: mark, bridge: bridge, victims: victims)
        var problems: [String] = []
        _ = await eventually(within: .seconds(30)) {
            problems = traces.problems
            return problems.isEmpty
        }
        return problems
    }

    // MARK: The end

    /// Removes all, after which nothing may be left.
    private func end() async -> [String] {
        for victim in victims where victim.isKnown && victim.id.depth == 1 {
            if victim.isRunning { _ = await perform(.kill(victim.id, SIGKILL)) }
            _ = await agent.call("WAIT_CONTAINER", ["container_id": victim.id.json])
            let answer = await perform(.remove(victim.id))
            guard answer == 200 else { return ["the last removal of \(victim.id) was answered \(answer ?? 0)"] }
            forget(victim.id)
        }
        return await checkTraces()
    }

    /// Ends the agent and all that it runs, also when something was wrong.
    func stop() async {
        for victim in victims where victim.id.depth == 1 { _ = await perform(.kill(victim.id, SIGKILL)) }
        for victim in victims where victim.id.depth == 1 { _ = await agent.call("WAIT_CONTAINER", ["container_id": victim.id.json]) }
        await agent.process.stop()
    }
}

/// Within which time after the beginning a kill hits something: as long as the steps take, on this machine and at this time.
private struct KillWindow {
    private var milliseconds = [60.0, 250.0]

    func delay(isSlow: Bool, using random: inout SplitMix) -> Duration {
        .milliseconds(Double.random(in: 0...milliseconds[isSlow ? 1 : 0], using: &random))
    }

    mutating func learn(isSlow: Bool, answered: Int, of count: Int) {
        let factor = answered == count ? 0.9 : answered == 0 ? 1.15 : 1
        milliseconds[isSlow ? 1 : 0] = min(max(milliseconds[isSlow ? 1 : 0] * factor, 10), 2000)
    }
}

/// Numbers that follow from a seed (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
