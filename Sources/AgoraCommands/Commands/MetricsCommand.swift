import ArgumentParser
import Foundation
import MesosMessages

/// `agora metrics`
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Show the metrics of the master, or of agents.",
        discussion: """
            Without --node and --agent those of the master. A pattern is a part of a name, or with * and ? a whole name. The names are \
            Mesos's; Prometheus finds others at /metrics. In text, values are in units for people; --output wide has them exactly, too.

            EXAMPLE
              agora metrics tasks_
              agora metrics 'master/*_percent' --watch
              agora metrics --node box-1 --node box-2 slave/tasks_running
              agora metrics --agent 127.0.0.1:5051 --output json
            """
    )

    @OptionGroup var selection: NodeSelection
    @OptionGroup var output: OutputOptions<TableFormat>
    @OptionGroup var watching: WatchOptions
    @Argument(help: "Which; otherwise all.")
    var patterns: [String] = []

    func run() async throws {
        let endpoint = try selection.master.endpoint
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let isOfMaster = selection.node.isEmpty && selection.agent == nil
                let nodes = isOfMaster ? [] : try await selection.nodes(connection)
                try await watching.show(output, changesOf: nil, on: connection) { [patterns] in
                    let all =
                        isOfMaster
                        ? try await MasterClient(connection: connection, master: endpoint).metrics().map { MetricRow($0, node: nil) }
                        : try await Self.read(nodes, connection)
                    return try Self.choose(patterns, from: all)
                } text: {
                    Self.table($0, hasNodes: !isOfMaster).text($1)
                }
            }
        }
    }

    private static func read(_ nodes: [ClusterNode], _ connection: Connection) async throws -> [MetricRow] {
        let answers = await ClusterNode.ask(nodes) { (node) throws(ClientError) in
            try await AgentClient(connection: connection, agent: node.endpoint).metrics()
        }
        return try answers.flatMap { node, result in try result.get().map { MetricRow($0, node: node.name) } }
    }

    /// Those that one of the patterns means.
    static func choose(_ patterns: [String], from rows: [MetricRow]) throws(NoMetric) -> [MetricRow] {
        guard !patterns.isEmpty else { return rows }
        for pattern in patterns where !rows.contains(where: { isMeant($0.metric, by: pattern) }) {
            throw NoMetric(pattern: pattern, nearest: Nearest.names(to: pattern, among: rows.map(\.metric)))
        }
        return rows.filter { row in patterns.contains { isMeant(row.metric, by: $0) } }
    }

    private static func isMeant(_ name: String, by pattern: String) -> Bool {
        guard pattern.contains(where: { "*?[".contains($0) }) else { return name.contains(pattern) }
        return fnmatch(pattern, name, 0) == 0
    }

    private static func table(_ rows: [MetricRow], hasNodes: Bool) -> TextTable {
        var table = hasNodes ? TextTable("NODE", "METRIC", "VALUE", .wide("EXACTLY")) : TextTable("METRIC", "VALUE", .wide("EXACTLY"))
        for row in rows {
            if hasNodes {
                table.add(row.node ?? "-", row.metric, row.words, DataText.number(row.value))
            } else {
                table.add(row.metric, row.words, DataText.number(row.value))
            }
        }
        return table
    }

    /// A pattern that means none.
    struct NoMetric: Error, CustomStringConvertible {
        let pattern: String
        let nearest: [String]

        var description: String {
            let hint = nearest.isEmpty ? "`agora metrics` lists them" : "did you mean \(nearest.joined(separator: " or "))?"
            return "there is no metric \"\(pattern.clipped)\"; \(hint)"
        }
    }
}

/// A metric as `agora metrics` shows it.
struct MetricRow: Encodable, Sendable {
    let metric: String
    let value: Double
    /// Whose agent tells it; nil: the master.
    let node: String?

    init(_ metric: Mesos_V1_Metric, node: String?) {
        self.metric = metric.name
        value = metric.value
        self.node = node
    }

    /// The value with a unit, if the name tells of one.
    var words: String {
        let parts = metric.split(separator: "/")
        let isFraction = ["p50", "p90", "p95", "p99", "p999", "p9999", "min", "max"].contains(parts.last ?? "")
        let name = String((isFraction ? parts.dropLast().last : parts.last) ?? "")
        switch name {
        case _ where name.hasSuffix("_bytes") && value >= 0 && value < 1e18: return ByteText.text(UInt64(value))
        case _ where name.hasSuffix("_secs"): return Age.text(seconds: value)
        case _ where name.hasSuffix("_ms"): return String(format: "%.3f ms", value)
        case _ where name.hasSuffix("_percent"): return String(format: "%.1f %%", value * 100)
        case "mem_total", "mem_used", "mem_revocable_total", "mem_revocable_used", "disk_total", "disk_used":
            return "\(DataText.number(value)) MiB"
        default: return DataText.number(value)
        }
    }
}
