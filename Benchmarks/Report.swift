import Foundation

/// What was measured: one line of the table.
struct Measurement: Codable {
    var name: String
    /// Nothing where it could not be measured.
    var value: Double?
    var unit: String
    /// Why it could not.
    var obstacle: String?
    /// What the figure is to reach, as text for people; empty where it is only shown.
    var target = ""
    var isMet: Bool?
}

/// All measurements of a run, printed as a table and, on request, as JSON.
struct Report {
    private(set) var measurements: [Measurement] = []

    mutating func add(_ name: String, _ value: Double, _ unit: String) {
        add(Measurement(name: name, value: value, unit: unit))
    }

    mutating func add(_ name: String, _ value: Double, _ unit: String, atLeast limit: Double) {
        add(Measurement(name: name, value: value, unit: unit, target: "≥ \(format(limit))", isMet: value >= limit))
    }

    mutating func add(_ name: String, _ value: Double, _ unit: String, atMost limit: Double) {
        add(Measurement(name: name, value: value, unit: unit, target: "≤ \(format(limit))", isMet: value <= limit))
    }

    /// What could not be measured, and why.
    mutating func add(_ name: String, _ obstacle: String) {
        add(Measurement(name: name, unit: "", obstacle: obstacle))
    }

    private mutating func add(_ measurement: Measurement) {
        measurements.append(measurement)
        FileHandle.standardError.write(Data("  \(row(measurement))\n".utf8))
    }

    /// A Markdown table, so that it can go into docs/performance.md as it is.
    var table: String {
        let head = ["| what | measured | target | |", "|---|---|---|---|"]
        return (head + measurements.map(row)).joined(separator: "\n")
    }

    /// The same for machines.
    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(measurements)
    }

    private func row(_ measurement: Measurement) -> String {
        let verdict = measurement.isMet.map { $0 ? "met" : "**missed**" } ?? ""
        let figure = measurement.value.map { "\(format($0)) \(measurement.unit)" } ?? measurement.obstacle ?? ""
        return "| \(measurement.name) | \(figure) | \(measurement.target) | \(verdict) |"
    }

    private func format(_ value: Double) -> String {
        switch abs(value) {
        case 100...: String(format: "%.0f", value)
        case 10...: String(format: "%.1f", value)
        default: String(format: "%.2f", value)
        }
    }
}

extension [Duration] {
    /// The middle value; zero of none.
    var median: Duration {
        isEmpty ? .zero : sorted()[count / 2]
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
    var milliseconds: Double { self / .milliseconds(1) }
}
