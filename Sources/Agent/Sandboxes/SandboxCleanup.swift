/// When the sandboxes of what has ended are removed by themselves.
public struct SandboxCleanup: Hashable, Sendable {
    /// How long they are kept while there is room (Mesos: `--gc_delay`).
    public var delay = Duration.seconds(7 * 86_400)
    /// The part of the file system, from 0 to 1, that is to be free: the less there is beyond it, the earlier sandboxes go
    /// (Mesos: `--gc_disk_headroom`).
    public var headroom = 0.1
    /// What all of them may take, in bytes; the oldest go until they take less. Nothing: as much as there is.
    public var maximumBytes: Int64?
    /// How often it is looked (Mesos: `--disk_watch_interval`).
    public var interval = Duration.seconds(60)

    /// Mesos's defaults: a week, and a tenth of the file system is kept free.
    public init() {}

    /// How old a sandbox may become; with a file system that is full but for the headroom, nothing.
    ///
    /// - Parameter free: the part of the file system that is free.
    func longest(free: Double) -> Duration {
        // Mesos: gc_delay * max(0, 1 - gc_disk_headroom - used).
        delay * min(max(free - headroom, 0), 1)
    }
}
