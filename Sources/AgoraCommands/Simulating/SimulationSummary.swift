import Simulation

/// A simulation in figures, for people and for programs.
struct SimulationSummary: Encodable {
    let seed: UInt64
    let command: String
    let violations: [String]
    let virtualHours: Double
    let wallSeconds: Double
    let virtualHoursPerSecond: Double
    let events: Int
    let requests: Int
    let losses: Int
    let faults: Int
    let crashes: Int
    let offers: Int
    let tasks: Int
    let updates: Int
    /// Seconds until the healed cluster was what it had to become.
    let settled: [String: Double]

    init(_ report: SimulationReport, wallTime: Duration) {
        let counts = report.counts
        seed = report.options.seed
        command = report.options.command
        violations = report.violations
        virtualHours = report.virtualTime / .seconds(3600)
        wallSeconds = wallTime / .seconds(1)
        virtualHoursPerSecond = wallSeconds > 0 ? virtualHours / wallSeconds : 0
        events = counts.events
        requests = counts.requests
        losses = counts.losses
        faults = counts.faults
        crashes = counts.crashes
        offers = counts.offers
        tasks = counts.tasks
        updates = counts.updates
        settled = Dictionary(counts.settled.map { ($0.goal, $0.time / .seconds(1)) }) { first, _ in first }
    }

    private enum CodingKeys: String, CodingKey {
        case seed, command, violations, events, requests, losses, faults, crashes, offers, tasks, updates, settled
        case virtualHours = "virtual_hours"
        case wallSeconds = "wall_seconds"
        case virtualHoursPerSecond = "virtual_hours_per_second"
    }

    /// Some lines for people.
    var text: String {
        let verdict = violations.isEmpty ? "every promise was kept" : "\(violations.count) promises were broken"
        let rest = settled.sorted { $0.key < $1.key }.map { "to \($0.key) \(Self.round($0.value)) s" }.joined(separator: ", ")
        return """
            seed \(seed): \(verdict)
              tasks     \(tasks) begun, \(updates) updates heard, \(offers) offers
              faults    \(faults) by the hour, \(crashes) crashes, \(losses) messages lost of \(requests) calls and their streams
              after     \(rest.isEmpty ? "-" : rest)
              time      \(Self.round(virtualHours)) virtual hours in \(Self.round(wallSeconds)) s, \
            \(Self.round(virtualHoursPerSecond)) hours per second, \(events) events
            """
    }

    private static func round(_ number: Double) -> Double { (number * 100).rounded() / 100 }
}
