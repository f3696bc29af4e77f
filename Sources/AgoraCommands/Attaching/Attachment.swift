import AsyncHTTPClient
import Glibc
import MesosMessages
import SwiftProtobuf
import UnixSignals

/// The user's terminal, or what stands in its place, joined to a program's input and output.
struct Attachment: Sendable {
    /// What is sent to the program.
    enum Input: Sendable {
        /// What the user types or pipes.
        case standard
        /// Its end, at once.
        case none
        /// Nothing at all, not even an end.
        case untouched
    }

    let client: AttachClient
    let container: Mesos_V1_ContainerID
    let input: Input
    let isTerminal: Bool
    var detachKeys: DetachKeys?
    /// Whether a program without an input is shown all the same.
    var isInputOptional = false

    private typealias Record = Mesos_V1_Agent_Call.AttachContainerInput

    /// Shows the output until it ends; true if the user left before.
    func run(_ output: HTTPClientResponse) async throws -> Bool {
        let raw = isTerminal && input == .standard ? await RawTerminal.take() : nil
        defer { raw?.restore() }
        let records = Handover<Record>()
        let (ends, continuation) = AsyncThrowingStream.makeStream(of: Bool.self)
        // None of these is waited for: reading what is typed cannot be stopped.
        var tasks = [
            Task {
                do {
                    try await client.receive(output) { bytes, isError in await Terminal.write(bytes, to: isError ? .error : .output) }
                    continuation.yield(false)
                } catch {
                    continuation.finish(throwing: error)
                }
            }
        ]
        if let raw { tasks.append(Task { await raw.restoreOnSignals() }) }
        if input == .standard || input == .none && !isTerminal {
            tasks.append(Task { await send(records, continuation) })
            tasks.append(Task { if await fill(records) { continuation.yield(true) } })
        }
        defer {
            records.finish()
            for task in tasks { task.cancel() }
        }
        for try await isDetached in ends { return isDetached }
        return false
    }

    private func send(_ records: Handover<Record>, _ ends: AsyncThrowingStream<Bool, any Error>.Continuation) async {
        do {
            try await client.send(records, to: container)
        } catch {
            records.finish()
            // A program that has ended tells so by the end of its output.
            let hasEnded = error.status == nil || error.status == 404
            if !hasEnded && !(error.status == 500 && isInputOptional) { ends.finish(throwing: error) }
        }
    }

    /// Sends what the user types; true when it was the keys that mean to leave.
    private func fill(_ records: Handover<Record>) async -> Bool {
        await records.send(
            .with {
                $0.type = .containerID
                $0.containerID = container
            }
        )
        let sizes = isTerminal ? Task { await tellSizes(records) } : nil
        defer { sizes?.cancel() }
        var keys = detachKeys
        while input == .standard, !Task.isCancelled, let typed = await StandardInput.read() {
            let (bytes, isDetached) = keys?.filter(typed) ?? (typed, false)
            if !bytes.isEmpty { await records.send(.bytes(bytes)) }
            if isDetached { return true }
        }
        // A terminal has no end; its programs take Ctrl-D for it.
        await records.send(.bytes(isTerminal ? [4] : []))
        if !isTerminal { records.finish() }
        return false
    }

    private func tellSizes(_ records: Handover<Record>) async {
        // Listened to first: a change after the first look is told then.
        let changes = await UnixSignalsSequence(trapping: .sigwinch)
        if let size = RawTerminal.size { await records.send(.size(size)) }
        for await _ in changes {
            if let size = RawTerminal.size { await records.send(.size(size)) }
        }
    }
}

extension Mesos_V1_Agent_Call.AttachContainerInput {
    fileprivate static func bytes(_ bytes: [UInt8]) -> Self {
        .with {
            $0.type = .processIo
            $0.processIo.type = .data
            $0.processIo.data.type = .stdin
            $0.processIo.data.data = .init(bytes)
        }
    }

    fileprivate static func size(_ size: (columns: UInt32, rows: UInt32)) -> Self {
        .with {
            $0.type = .processIo
            $0.processIo.type = .control
            $0.processIo.control.type = .ttyInfo
            $0.processIo.control.ttyInfo.windowSize.columns = size.columns
            $0.processIo.control.ttyInfo.windowSize.rows = size.rows
        }
    }
}
