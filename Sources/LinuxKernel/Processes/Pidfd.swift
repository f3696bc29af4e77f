import CLinuxKernel
import Glibc

/// A process that cannot be mistaken for another: its number may be given to somebody else, this reference not.
public final class Pidfd: Sendable {
    /// The process id, as seen from here.
    public let pid: Int32
    /// Readable when the process has ended (pidfd_open(2)).
    public let descriptor: Descriptor

    init(pid: Int32, descriptor: Descriptor) {
        self.pid = pid
        self.descriptor = descriptor
    }

    /// Refers to a process that exists now.
    ///
    /// - Throws: `ESRCH` if there is none of that number.
    public convenience init(opening pid: Int32) throws(KernelError) {
        let number = try KernelError.checkNegative(agora_pidfd_open(pid), "refer to process \(pid)")
        self.init(pid: pid, descriptor: Descriptor(owning: number))
    }

    /// Sends a signal, which may carry a number for a receiver that looks at it (`si_value`, sigaction(2)).
    ///
    /// - Throws: `ESRCH` if the process has ended.
    public func send(signal: Int32, payload: Int32 = 0) throws(KernelError) {
        let result = agora_pidfd_send_signal(descriptor.number, signal, payload)
        _ = try KernelError.checkNegative(result, "send signal \(signal) to process \(pid)")
    }

    /// The status of an ended child of ours, as wait(2) gives it; nothing while it runs.
    ///
    /// - Throws: `ECHILD` if it is no child of ours, or its status was taken already.
    public func reap() throws(KernelError) -> Int32? {
        var status: Int32 = 0
        let result = agora_pidfd_reap(descriptor.number, &status)
        let isThere = try KernelError.checkNegative(result, "take the status of process \(pid)")
        return isThere == 1 ? status : nil
    }
}
