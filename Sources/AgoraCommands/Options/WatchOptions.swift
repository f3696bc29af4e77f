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

extension OutputOptions {
    /// As if it was given.
    fileprivate init(_ format: Format) {
        self.init()
        output = format
    }
}
