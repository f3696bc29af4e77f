import Foundation
import MesosMessages

/// Containers nested as deep as the kernel allows: how long the innermost takes to launch, and the outermost to take all along.
func benchmarkDeepContainers(agentPort: Int, rounds: Int, into report: inout Report) throws {
    let agent = try DirectConnection(port: agentPort)
    let depth = 32
    var (shallow, deep): ([Duration], [Duration]) = ([], [])
    try launchChain(agent, "deep", depth: depth - 1)
    for round in 0..<rounds {
        shallow.append(try measureLaunch(agent, ["shallow-\(round)"]))
        deep.append(try measureLaunch(agent, chain("deep", depth: depth - 1) + ["innermost-\(round)"]))
    }
    try end(agent, ["deep"])
    report.add("launch of a container at level 1 (median)", shallow.median.milliseconds, "ms")
    report.add("launch of a container at level \(depth) (median)", deep.median.milliseconds, "ms")
    report.add("times level 1", deep.median / shallow.median, "×", atMost: 3)

    var ends: [Duration] = []
    for round in 0..<10 {
        try launchChain(agent, "chain-\(round)", depth: depth)
        ends.append(try ContinuousClock().measure { try end(agent, ["chain-\(round)"]) })
    }
    report.add("kill of the outermost of \(depth) levels until WAIT answers (median)", ends.median.milliseconds, "ms", atMost: 100)
}

private func chain(_ name: String, depth: Int) -> [String] { [name] + (1..<depth).map { "level-\($0)" } }

private func launchChain(_ agent: DirectConnection, _ name: String, depth: Int) throws {
    let whole = chain(name, depth: depth)
    for level in 1...depth { try agent.post(.launch(containerID(Array(whole.prefix(level))), sleeper)) }
}

private func measureLaunch(_ agent: DirectConnection, _ path: [String]) throws -> Duration {
    let time = try ContinuousClock().measure { try agent.post(.launch(containerID(path), sleeper)) }
    try end(agent, path)
    try agent.post(.remove(containerID(path)))
    return time
}

private func end(_ agent: DirectConnection, _ path: [String]) throws {
    try agent.post(.kill(containerID(path)))
    try agent.post(.wait(containerID(path)))
}
