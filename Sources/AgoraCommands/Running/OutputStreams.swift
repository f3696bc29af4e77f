import Cluster

/// The outputs of a pod's tasks on the terminal: as they are for one, each line after its task's name for several.
actor OutputStreams {
    /// Which of a task's files; each goes to the stream of the same meaning.
    enum File: String, CaseIterable, Sendable {
        case stdout
        case stderr

        var stream: Terminal.Stream { self == .stdout ? .output : .error }
    }

    private struct Key: Hashable {
        let task: TaskID
        let file: File
    }

    /// Told once when nobody reads standard output any more.
    private let onClosed: @Sendable () -> Void
    private let beforeWriting: @Sendable () async -> Void
    private let width: Int
    private let isPrefixed: Bool
    private var lines: [Key: PrefixedLines] = [:]
    private var colours: [TaskID: Int] = [:]
    private var isClosed = false

    /// - Parameter names: of all tasks that may write.
    init(
        names: [String],
        beforeWriting: @escaping @Sendable () async -> Void = {},
        onClosed: @escaping @Sendable () -> Void = {}
    ) {
        isPrefixed = names.count > 1
        width = min(names.map(\.count).max() ?? 0, 24)
        self.beforeWriting = beforeWriting
        self.onClosed = onClosed
    }

    /// Shows bytes of a task's file; false when nobody reads them.
    func show(_ bytes: [UInt8], of file: File, task: TaskID, name: String) async -> Bool {
        guard isPrefixed else { return await write(bytes, to: file.stream) }
        let key = Key(task: task, file: file)
        var buffer = lines[key] ?? PrefixedLines(prefix: prefix(of: task, name: name, on: file.stream))
        let complete = buffer.append(bytes)
        lines[key] = buffer
        return complete.isEmpty ? !isClosed : await write(complete, to: file.stream)
    }

    /// Shows what stands at the end of a file without an end of line.
    func finish(_ file: File, task: TaskID) async {
        guard var buffer = lines.removeValue(forKey: Key(task: task, file: file)) else { return }
        _ = await write(buffer.finish(), to: file.stream)
    }

    private func write(_ bytes: [UInt8], to stream: Terminal.Stream) async -> Bool {
        guard !isClosed else { return false }
        await beforeWriting()
        guard await !Terminal.write(bytes, to: stream) else { return true }
        if !isClosed {
            isClosed = true
            onClosed()
        }
        return false
    }

    private func prefix(of task: TaskID, name: String, on stream: Terminal.Stream) -> String {
        let padded = name + String(repeating: " ", count: max(0, width - name.count))
        let number = colours[task] ?? colours.count
        colours[task] = number
        guard Terminal.isColourful(stream) else { return "\(padded) | " }
        // Cyan, yellow, green, magenta, blue, red: as `docker compose` does, so that neighbours differ.
        let codes = [36, 33, 32, 35, 34, 31]
        return "\u{1b}[\(codes[number % codes.count])m\(padded) |\u{1b}[0m "
    }
}
