import ArgumentParser

/// `--watch`, which commands have that show what changes.
struct WatchOptions: ParsableArguments {
    @Flag(
        name: .shortAndLong,
        help: "Go on until Ctrl-C: on a terminal written anew in its place, on a pipe printed again after each change."
    )
    var watch = false
    @Option(help: ArgumentHelp("With --watch: the least time between two looks; otherwise 2s.", valueName: "duration"))
    var interval: DurationArgument?

    func validate() throws {
        guard let interval else { return }
        guard watch else { throw ValidationError("--interval says how often --watch looks; add --watch.") }
        guard (.milliseconds(100)...(.seconds(3600))).contains(interval.duration) else {
            throw ValidationError("--interval must be between 100ms and 1h.")
        }
    }

    /// Shows what `read` gives: once, or again and again.
    ///
    /// - Parameters:
    ///   - master: whose changes tell that there is something new; nil: it is read again after each interval.
    ///   - text: what people are shown of it.
    func show<Value: Encodable & Sendable, Format: OutputFormat>(
        _ output: OutputOptions<Format>,
        changesOf master: Endpoint?,
        on connection: Connection,
        read: @escaping @Sendable () async throws -> Value,
        text: @escaping @Sendable (Value, TextLayout) -> String
    ) async throws {
        guard watch else {
            let value = try await read()
            return try await output.print(value) { text(value, $0) }
        }
        let format = output.output
        try await Watching(
            interval: interval?.duration ?? .seconds(2),
            changes: master.map { OperatorClient(connection: connection, master: $0) },
            separator: format.data == nil ? "\n" : "",
            read: read,
            text: { value, place in try OutputOptions<Format>(format).text(of: value, place) { text(value, $0) } }
        ).run()
    }
}

extension WatchOptions {
    /// Shows what a master tells, as a table for people: all that a command does that lists.
    ///
    /// - Parameter isTold: whether events tell of changes.
    func list<Value: Encodable & Sendable>(
        _ output: OutputOptions<TableFormat>,
        from master: MasterOptions,
        isTold: Bool = true,
        read: @escaping @Sendable (MasterClient) async throws -> Value,
        table: @escaping @Sendable (Value) -> TextTable
    ) async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let client = MasterClient(connection: connection, master: endpoint)
                try await show(output, changesOf: isTold ? endpoint : nil, on: connection) {
                    try await read(client)
                } text: {
                    table($0).text($1)
                }
            }
        }
    }
}

extension OutputOptions {
    /// As if it was given.
    fileprivate init(_ format: Format) {
        self.init()
        output = format
    }
}
