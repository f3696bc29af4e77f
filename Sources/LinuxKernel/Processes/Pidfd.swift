import CLinuxKernel
import Glibc

/// A process that cannot be mistaken for another: its number may be given to somebody else, this reference not.
public final class Pidfd: Sendable {
    /// The process id, as seen from here.
    public let pid: Int32
    /// Readable when the process has ended (pidfd_open(2)).
    public let descriptor: Descriptor

    private init(pid: Int32, descriptor: Descriptor) {
        self.pid = pid
        self.descriptor = descriptor
    }

    /// Takes over the pidfd of a process that was started. Where its number is not known (0), the kernel is asked (`Pid:` of
    /// its fdinfo, proc(5)).
    ///
    /// - Throws: `ESRCH` if the process has ended and is taken note of.
    convenience init(_ descriptor: Descriptor, pid: Int32) throws(KernelError) {
        guard pid == 0 else {
            self.init(pid: pid, descriptor: descriptor)
            return
        }
        let text = try SmallFile.read("/proc/self/fdinfo/\(descriptor.number)")
        let line = text.split(separator: "\n").first { $0.hasPrefix("Pid:") }
        guard let pid = line.flatMap({ Int32($0.dropFirst(4).trimmingPrefix { $0.isWhitespace }) }), pid > 0 else {
            throw KernelError("ask for the number of a process", code: ESRCH)
        }
        self.init(pid: pid, descriptor: descriptor)
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
