import CLinuxKernel
import Glibc

extension Descriptor {
    /// A pipe, closed on exec.
    public static func pipe() throws(KernelError) -> (reading: Descriptor, writing: Descriptor) {
        var ends: [Int32] = [-1, -1]
        _ = try KernelError.checkNegative(agora_pipe(&ends), "make a pipe")
        return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    }

    /// A second descriptor of the same open file.
    public func duplicate() throws(KernelError) -> Descriptor {
        Descriptor(owning: try KernelError.check(fcntl(number, F_DUPFD_CLOEXEC, 0), "duplicate a descriptor"))
    }

    /// From now on, reading and writing never wait; for all who share the open file.
    public func stopWaiting() throws(KernelError) {
        let flags = fcntl(number, F_GETFL)
        _ = try KernelError.check(flags < 0 ? -1 : fcntl(number, F_SETFL, flags | O_NONBLOCK), "make a descriptor non-blocking")
    }

    /// Tells the programs of a terminal how large it is.
    public func setTerminalSize(_ size: TerminalSize) throws(KernelError) {
        _ = try KernelError.checkNegative(agora_set_terminal_size(number, size.columns, size.rows), "set the size of a terminal")
    }
}

/// The size of a terminal in characters; 0 is unknown.
public struct TerminalSize: Hashable, Sendable {
    /// Characters in a line.
    public var columns: UInt16
    /// Lines.
    public var rows: UInt16

    /// A size.
    public init(columns: UInt16, rows: UInt16) {
        self.columns = columns
        self.rows = rows
    }
}

extension Pidfd {
    /// A descriptor of the process, as one of ours.
    ///
    /// - Throws: `ESRCH` if the process has ended, `EBADF` if it has no such descriptor.
    public func copyDescriptor(_ number: Int32) throws(KernelError) -> Descriptor {
        let copy = agora_pidfd_copy_descriptor(descriptor.number, number)
        return Descriptor(owning: try KernelError.checkNegative(copy, "copy descriptor \(number) of process \(pid)"))
    }
}
