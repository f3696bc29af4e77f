/// When processes started: with the process id, it names a process for as long as the machine is up.
public enum ProcessStart {
    /// The start of a process in clock ticks since the machine started (field 22 of /proc/PID/stat, proc(5)).
    public static func ticks(of pid: Int32) throws(KernelError) -> UInt64 {
        let path = "/proc/\(pid)/stat"
        guard let ticks = ticks(in: try SmallFile.read(path)) else { throw KernelError("understand \(path)", code: 22) }
        return ticks
    }

    /// The second field is the program's name in brackets, and may hold anything: what counts comes after the last one.
    static func ticks(in stat: String) -> UInt64? {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }

    /// A name for the time since the machine was last started.
    public static func boot() throws(KernelError) -> String {
        let text = try SmallFile.read("/proc/sys/kernel/random/boot_id")
        return text.split(separator: "\n").first.map(String.init) ?? text
    }
}
