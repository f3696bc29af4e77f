import Foundation
import TestSupport
import Testing

/// Agents that are killed at any moment, again and again: no container is lost, none doubled, nothing left behind.
@Suite(.timeLimit(.minutes(10)), .enabled(if: geteuid() == 0))  // Containers need root.
struct KillTests {
    /// Agents beside each other, as each waits most of the time.
    private static let agents = 4
    private static let lives = 50

    /// 200 kills at moments by chance; what was chosen follows from a seed, which `AGORA_KILL_SEED` sets.
    @Test func atAnyMomentOfLaunchesAndEnds() async throws {
        let seed = ProcessInfo.processInfo.environment["AGORA_KILL_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)
        print("AGORA_KILL_SEED=\(seed)")
        try await withScratchDirectory { directory in
            let image = try await Self.image(in: directory)
            try await withThrowingTaskGroup { group in
                for number in 0..<Self.agents {
                    let folder = directory.appending(path: "agent-\(number)")
                    group.addTask { try await Self.live(folder, image, seed: seed &* 100 &+ UInt64(number)) }
                }
                for try await problems in group where !problems.isEmpty {
                    Issue.record("AGORA_KILL_SEED=\(seed): \(problems.joined(separator: "\n"))")
                }
            }
        }
    }

    private static func live(_ folder: URL, _ image: String, seed: UInt64) async throws -> [String] {
        try await TestNetworks.run { networks in
            let agent = try await KilledAgent(folder: folder, networks: networks, image: image, seed: seed)
            do {
                let problems = try await agent.live(times: lives)
                await agent.stop()
                return problems
            } catch {
                await agent.stop()
                throw error
            }
        }
    }

    /// An image of busybox.
    private static func image(in directory: URL) async throws -> String {
        let script = """
            cd \(directory.path) && umoci init --layout layout && umoci new --image layout:tool \
            && umoci insert --image layout:tool /bin/busybox /bin/sh && umoci insert --image layout:tool /bin/busybox /bin/sleep
            """
        let made = try await Program.run("/bin/sh", ["-c", script])
        try #require(made.status == 0, "\(made.errors)")
        return "oci:\(directory.path)/layout:tool"
    }
}
