/// A program that has ended.
public struct Ended: Sendable {
    /// 128 + n after signal n; nil if it had to be ended by force.
    public let status: Int32?
    /// What it printed.
    public let output: String
    /// What it printed to standard error.
    public let errors: String

    /// The lines that it printed.
    public var lines: [String] { output.split(separator: "\n").map(String.init) }
}

extension Program {
    /// Waits for the end; ends it by force if that does not come.
    public func ended(within patience: Duration = .seconds(60)) async -> Ended {
        let status = await exitStatus(within: patience)
        if status == nil { await stop(within: .seconds(5)) }
        return Ended(status: status, output: standardOutput, errors: standardError)
    }
}
