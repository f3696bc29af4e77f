public import MesosMessages

/// A terminal for a container's command.
public struct TerminalRequest: Sendable, Hashable {
    /// Characters in a line.
    public var columns: UInt16
    /// Lines.
    public var rows: UInt16

    /// As large as a terminal has always been, if the message does not say.
    public init(_ info: Mesos_V1_TTYInfo) throws(LaunchRefusal) {
        (columns, rows) = (80, 24)
        guard info.hasWindowSize else { return }
        let (size, most) = (info.windowSize, UInt32(UInt16.max))
        guard size.columns <= most, size.rows <= most else {
            throw LaunchRefusal(
                "container.tty_info.window_size: rows and columns must be at most \(most), are \(size.rows) and \(size.columns)"
            )
        }
        (columns, rows) = (UInt16(size.columns), UInt16(size.rows))
    }
}
