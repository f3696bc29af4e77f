import Foundation
import Synchronization

/// How many watch how much.
struct EventLoad: Sendable {
    let port: Int
    let pid: Int32
    let watchers: Int
    let agents: Int
    let tasksPerAgent: Int
    /// Task updates in each second.
    let rate: Int
    var time = Duration.seconds(20)
}

/// What became of it.
private struct EventFigures: Sendable {
    /// Until all of them had the state, in seconds.
    var shown = 0.0
    /// Proportional set size of the master at most, in KiB.
    var memory = 0.0
    var delays = Delays(records: 0)
}

/// Updates of tasks, told to many who watch: from the moment an agent says something to the moment each of them has it.
func benchmarkEvents(_ load: EventLoad, into report: inout Report) async throws {
    let result = Mutex(EventFigures())
    try await SimulatedAgents.run(port: load.port, count: load.agents, callConnections: 64) { agents in
        try await withRunningTasks(port: load.port, agents: load.agents, tasksPerAgent: load.tasksPerAgent) {
            let figures = try await watch(load, agents)
            result.withLock { $0 = figures }
        }
    }
    let figures = result.withLock { $0 }
    let name = "\(load.watchers) watchers, \(load.rate) task updates per second"
    report.add("\(load.watchers) watchers at once, until all have the state", figures.shown, "s")
    report.add("\(name): updates told to each", Double(figures.delays.records) / load.time.seconds, "per second")
    report.add("\(name): delivered, median", figures.delays.part(0.5), "s")
    report.add("\(name): delivered, p99", figures.delays.part(0.99), "s", atMost: 1)
    report.add("\(name): bytes to them", Double(figures.delays.bytes) / load.time.seconds / 1_048_576, "MiB per second")
    report.add("\(name): cut off", Double(figures.delays.cutOff), "", atMost: 0)
    report.add("\(name): memory of the master (PSS, most)", figures.memory / 1024, "MiB", atMost: 1024)
}

private func watch(_ load: EventLoad, _ agents: SimulatedAgents) async throws -> EventFigures {
    var figures = EventFigures()
    let begin = ContinuousClock.now
    let crowd = try WatcherCrowd(port: load.port, count: load.watchers)
    crowd.start()
    defer { crowd.stop() }
    try await crowd.waitUntilShown()
    figures.shown = (ContinuousClock.now - begin).seconds
    try await crowd.waitUntilQuiet()
    crowd.begin()
    async let memory = largestSize(of: load.pid, for: load.time)
    try await agents.update(perSecond: load.rate, for: load.time)
    figures.memory = try await memory
    try await crowd.waitUntilQuiet()
    figures.delays = crowd.delays()
    return figures
}

/// Looks at a process once in a second.
private func largestSize(of pid: Int32, for time: Duration) async throws -> Double {
    let end = ContinuousClock.now + time
    var largest = try proportionalSetSize(of: pid)
    while ContinuousClock.now < end {
        try await Task.sleep(for: .seconds(1))
        largest = max(largest, try proportionalSetSize(of: pid))
    }
    return largest
}
