import ArgumentParser
import UnixSignals

/// Work that leaves nothing half done when the user ends it.
enum Interrupts {
    /// Runs `work`, and cancels it on the signals that end a program; then waits until it has cleaned up.
    ///
    /// - Throws: what `work` throws, or 128 and the signal's number as the command's status.
    static func stopping(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        try await withThrowingTaskGroup(of: Int32?.self) { group in
            group.addTask {
                try await work()
                return nil
            }
            group.addTask {
                for await signal in signals { return signal.rawValue }
                return nil
            }
            defer { group.cancelAll() }
            guard let signal = try await group.next() ?? nil else { return }
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .success(nil) = result { return }
            }
            throw ExitCode(128 + signal)
        }
    }
}
