import ArgumentParser
import Foundation

/// `agora top`
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch what machines and containers use, live.",
        discussion: """
            Machines stand on top, containers below. CPU% is of one processor: 200 are two. Memory is with the page cache. Without a \
            terminal, and with --once, one table is printed after one interval.

            KEYS
              c m p h w      sort by cpu, memory, processes, throttling, network
              n f o          sort by name, framework, node; r reverses
              t              nested containers as a tree below their parents
              /              filter by task, framework, node or container; Enter keeps it, Esc takes it away
              Tab            containers and machines, only machines, only containers
              arrows, PgUp, PgDn, Home, End
              space          ask the agents now
              q, Ctrl-C      leave

            EXAMPLE
              agora top
              agora top --node box-1 --node box-2 --interval 5s
              agora top --once --output json | jq '.containers[] | select(.cpu_percent > 90) | .task'
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions<TextFormat>
    @Option(help: ArgumentHelp("The time between two rounds of questions.", valueName: "duration"))
    var interval = DurationArgument(.seconds(2))
    @Flag(help: "Print one table and end; also what happens where there is no terminal, or with --output json or yaml.")
    var once = false
    @Option(
        help: ArgumentHelp("Only this machine, by its name, its address or its agent's id; may be repeated.", valueName: "node"),
        completion: LiveNames.nodes
    )
    var node: [String] = []
    @Option(
        help: ArgumentHelp(
            "How many agents are asked in one round. Of more, those with most processors allocated by --once, otherwise all in turns.",
            valueName: "count"
        )
    )
    var agentsAtATime = 100

    func validate() throws {
        guard interval.duration >= .milliseconds(200) else { throw ValidationError("--interval must be at least 200ms.") }
        guard (1...10_000).contains(agentsAtATime) else { throw ValidationError("--agents-at-a-time must be from 1 to 10000.") }
    }

    func run() async throws {
        let endpoint = try master.endpoint
        let terminal = once || output.output != .text ? nil : TopTerminal(environment: ProcessInfo.processInfo.environment)
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                var collector = TopCollector(
                    connection: connection,
                    master: endpoint,
                    nodes: node,
                    turns: terminal == nil ? .busiest : .all,
                    limit: agentsAtATime
                )
                if let terminal {
                    let machines = try await collector.machines()
                    return try await TopSession(terminal: terminal, interval: interval.duration).run(collector, machines, master: endpoint)
                }
                _ = try await collector.round(nested: true)
                // Use is what grows from one reading to the next.
                try await Task.sleep(for: interval.duration)
                try await print(try await collector.round(nested: true))
            }
        }
    }

    private func print(_ cluster: TopCluster) async throws {
        if let hint = cluster.hint { await Terminal.note(hint) }
        try await output.print(cluster) { layout in
            var state = TopState(master: "")
            state.cluster = cluster
            _ = state.press(.character("t"))
            let width = layout.width ?? 200
            return [TopTables.nodes.lines(state.shownNodes, width: width), TopTables.containers.lines(state.shownContainers, width: width)]
                .map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
        }
    }
}
