import Foundation
import MesosMessages

/// `/bin/true` in a fresh container: launch, wait, remove through the agent's HTTP API, against `runc run` of the same.
func benchmarkContainerLaunch(_ agent: OperatorClient, rounds: Int, into report: inout Report) async throws {
    for round in 0..<5 { try await runOnce(agent, name: "warm-up-\(round)") }
    var ours: [Duration] = []
    for round in 0..<rounds {
        ours.append(try await ContinuousClock().measure { try await runOnce(agent, name: "launch-\(round)") })
    }
    report.add("container: launch, wait, remove of /bin/true (median)", ours.median.milliseconds, "ms")

    guard let runc = try RuncBundle() else {
        FileHandle.standardError.write(Data("runc is not installed: no comparison\n".utf8))
        return
    }
    defer { runc.remove() }
    for _ in 0..<3 { try runc.run() }
    let theirs = try (0..<rounds / 4).map { _ in try ContinuousClock().measure { try runc.run() } }
    report.add("`runc run` of the same (median)", theirs.median.milliseconds, "ms")
    report.add("times faster than runc", theirs.median / ours.median, "×", atLeast: 8)
}

private func runOnce(_ agent: OperatorClient, name: String) async throws {
    let id = containerID(name)
    try await agent.launch(id, ["/bin/true"])
    try await agent.wait(id)
    try await agent.remove(id)
}

/// A bundle for runc with the host's root, as our container has it: namespaces for mount, pid, ipc, uts and cgroup, no network.
private struct RuncBundle {
    private let directory: URL
    private static let path = "/usr/sbin/runc"

    init?() throws {
        guard FileManager.default.isExecutableFile(atPath: Self.path) else { return nil }
        directory = FileManager.default.temporaryDirectory.appending(path: "agora-bench-runc-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let root = directory.appending(path: "root")
        for folder in ["bin", "proc", "dev", "sys"] {
            try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(atPath: "/bin/busybox", toPath: root.appending(path: "bin/busybox").path)
        try FileManager.default.createSymbolicLink(atPath: root.appending(path: "bin/true").path, withDestinationPath: "busybox")
        let namespaces = ["pid", "ipc", "uts", "mount", "cgroup"].map { ["type": $0] }
        let configuration: [String: Any] = [
            "ociVersion": "1.0.2",
            "process": ["args": ["/bin/true"], "cwd": "/", "env": ["PATH=/bin"], "user": ["uid": 0, "gid": 0], "terminal": false],
            "root": ["path": "root", "readonly": false],
            "mounts": [["destination": "/proc", "type": "proc", "source": "proc"]],
            "linux": ["namespaces": namespaces],
        ]
        try JSONSerialization.data(withJSONObject: configuration).write(to: directory.appending(path: "config.json"))
    }

    func run() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = ["run", "--bundle", directory.path, "agora-bench-\(UUID().uuidString)"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw POSIXError(.ECHILD) }
    }

    func remove() {
        try? FileManager.default.removeItem(at: directory)
    }
}
