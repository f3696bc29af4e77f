import MesosMessages

/// Many nested containers of one parent, some at a time: launched, then destroyed.
func benchmarkNestedContainers(_ agent: OperatorClient, count: Int, atOnce: Int, into report: inout Report) async throws {
    let parent = containerID("nest")
    try await agent.launch(parent, ["/bin/sleep", "100000"])
    let names = (0..<count).map { "nested-\($0)" }
    let launched = try await ContinuousClock().measure {
        try await forEach(names, atOnce: atOnce) { try await agent.launch(containerID("nest", $0), ["/bin/sleep", "100000"]) }
    }
    report.add("\(count) nested containers launched, \(atOnce) at a time", Double(count) / launched.seconds, "per second", atLeast: 200)
    let destroyed = try await ContinuousClock().measure {
        try await forEach(names, atOnce: atOnce) {
            try await agent.kill(containerID("nest", $0))
            try await agent.wait(containerID("nest", $0))
        }
    }
    report.add("the same killed and waited for", Double(count) / destroyed.seconds, "per second", atLeast: 200)
    try await agent.kill(parent)
    try await agent.wait(parent)
    try await agent.remove(parent)
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
