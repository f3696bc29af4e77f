import Foundation
import MesosMessages

/// `true` in a fresh container through the agent's HTTP API, from LAUNCH to the answer of WAIT, against `runc run` and `crun run`, by
/// turns. REMOVE, which deletes what the container wrote, follows: runc leaves that to others.
func benchmarkContainerLaunch(agentPort: Int, rounds: Int, into report: inout Report) throws {
    let agent = try DirectConnection(port: agentPort)
    let layout = try BenchmarkLayout.busybox()
    defer { layout.remove() }
    for place in LaunchPlace.all(image: layout.reference) {
        try compare(place, agent, rounds: rounds, into: &report)
    }
}

/// Where the program runs.
private struct LaunchPlace {
    var name: String
    var command: [String]
    var image: String?
    var network: String?
    /// How many times faster than runc it is to be.
    var target: Double

    static func all(image: String) -> [LaunchPlace] {
        let busybox = ["/bin/busybox", "true"]
        return [
            LaunchPlace(name: "/bin/true of the host", command: ["/bin/true"], target: 10),
            LaunchPlace(name: "from an image", command: busybox, image: image, target: 10),
            LaunchPlace(name: "in a network namespace", command: busybox, network: "none", target: 4),
            LaunchPlace(name: "from an image, in a network namespace", command: busybox, image: image, network: "none", target: 4),
        ]
    }
}

private func compare(_ place: LaunchPlace, _ agent: DirectConnection, rounds: Int, into report: inout Report) throws {
    var (ours, removals): ([Duration], [Duration]) = ([], [])
    func runOurs(_ times: Int) throws {
        for _ in 0..<times {
            let id = containerID("launch-\(UUID().uuidString)")
            ours.append(try ContinuousClock().measure { try run(place, agent, id) })
            removals.append(try ContinuousClock().measure { try agent.post(.remove(id)) })
        }
    }
    try runOurs(10)
    let rivals = try ["runc", "crun"].map { name in (name, try OCIRuntime(name, hasNetwork: place.network != nil)) }
    defer { for (_, runtime) in rivals { runtime?.remove() } }
    var theirs: [[Duration]] = [[], []]
    var words: [String?] = rivals.map { $0.1 == nil ? "is not installed" : nil }
    (ours, removals) = ([], [])
    for _ in 0..<rounds / 5 {
        try runOurs(5)
        for (index, (_, runtime)) in rivals.enumerated() where words[index] == nil {
            do {
                theirs[index].append(try ContinuousClock().measure { try runtime?.run() })
            } catch let failure as OCIRuntime.Failed {
                words[index] = "cannot run here: \(failure.words)"
            }
        }
    }
    report.add("container, \(place.name): launch until WAIT answers (median)", ours.median.milliseconds, "ms")
    report.add("its removal (median)", removals.median.milliseconds, "ms")
    for (index, (name, _)) in rivals.enumerated() {
        if let words = words[index] {
            report.add("`\(name) run` of the same", words)
        } else {
            report.add("`\(name) run` of the same (median)", theirs[index].median.milliseconds, "ms")
            report.add("times faster than \(name), \(place.name)", theirs[index].median / ours.median, "×", atLeast: place.target)
        }
    }
}

private func run(_ place: LaunchPlace, _ agent: DirectConnection, _ id: Mesos_V1_ContainerID) throws {
    try agent.post(.launch(id, place.command, image: place.image, network: place.network))
    try agent.post(.wait(id))
}
