import MesosMessages

/// Many nested containers of one parent, some at a time: launched, listed, then destroyed.
func benchmarkNestedContainers(_ agent: OperatorClient, count: Int, atOnce: Int, into report: inout Report) async throws {
    let parent = containerID("nest")
    try await agent.launch(parent, sleeper)
    let names = (0..<count).map { "nested-\($0)" }
    let launched = try await ContinuousClock().measure {
        try await forEach(names, atOnce: atOnce) { try await agent.launch(containerID("nest", $0), sleeper) }
    }
    report.add("\(count) nested containers launched, \(atOnce) at a time", Double(count) / launched.seconds, "per second", atLeast: 250)
    let listed = try await measureListing(agent, count: count + 1)
    report.add("GET_CONTAINERS with them (median)", listed.milliseconds, "ms", atMost: 50)
    let destroyed = try await ContinuousClock().measure {
        try await forEach(names, atOnce: atOnce) { try await agent.end(containerID("nest", $0)) }
    }
    report.add("the same killed and waited for", Double(count) / destroyed.seconds, "per second", atLeast: 500)
    try await agent.end(parent)
    try await agent.remove(parent)
}

/// Many containers with cgroups of their own at the same time: launched, asked for what they use, then destroyed.
func benchmarkManyContainers(_ agent: OperatorClient, count: Int, atOnce: Int, into report: inout Report) async throws {
    let names = (0..<count).map { "many-\($0)" }
    let launched = try await ContinuousClock().measure {
        try await forEach(names, atOnce: atOnce) { try await agent.launch(containerID($0), sleeper) }
    }
    report.add("\(count) containers launched, \(atOnce) at a time", Double(count) / launched.seconds, "per second", atLeast: 250)
    let listed = try await measureListing(agent, count: count)
    report.add("statistics of them all, each with a cgroup of its own (median)", listed.milliseconds, "ms", atMost: 100)
    let destroyed = try await ContinuousClock().measure {
        try await forEach(names, atOnce: atOnce) { try await agent.end(containerID($0)) }
    }
    report.add("the same killed and waited for", Double(count) / destroyed.seconds, "per second", atLeast: 500)
    try await forEach(names, atOnce: atOnce) { try await agent.remove(containerID($0)) }
}

let sleeper = ["/bin/sleep", "100000"]

/// The time of a GET_CONTAINERS that shows so many.
private func measureListing(_ agent: OperatorClient, count: Int) async throws -> Duration {
    var times: [Duration] = []
    for _ in 0..<15 {
        var shown = 0
        times.append(
            try await ContinuousClock().measure {
                shown = try await agent.containers().filter(\.hasResourceStatistics).count
            }
        )
        guard shown == count else { throw OperatorClient.Refused(status: 0, text: "\(shown) of \(count) containers are shown") }
    }
    return times.median
}

extension OperatorClient {
    func end(_ id: Mesos_V1_ContainerID) async throws {
        try await kill(id)
        try await wait(id)
    }
}

/// Runs the work on every element, at most `atOnce` of them at the same time.
func forEach<Element: Sendable>(
    _ elements: [Element],
    atOnce: Int,
    _ work: @escaping @Sendable (Element) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        var rest = elements.makeIterator()
        for _ in 0..<atOnce {
            guard let element = rest.next() else { break }
            group.addTask { try await work(element) }
        }
        while try await group.next() != nil {
            guard let element = rest.next() else { continue }
            group.addTask { try await work(element) }
        }
    }
}
