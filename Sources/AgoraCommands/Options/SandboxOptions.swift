import Agent
import ArgumentParser

/// When the sandboxes of what has ended are removed; the names are those of Mesos.
struct SandboxOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long the sandboxes of what has ended are kept while there is room.", valueName: "duration"))
    var gcDelay = DurationArgument(SandboxCleanup().delay)
    @Option(
        help: ArgumentHelp(
            "The part of the file system that is to be free; the less there is beyond it, the earlier sandboxes are removed.",
            valueName: "fraction"
        )
    )
    var gcDiskHeadroom = SandboxCleanup().headroom
    @Option(
        help: ArgumentHelp(
            "What the sandboxes of what has ended may take together, as 100g; without it, what there is.",
            valueName: "bytes"
        )
    )
    var gcMaxSize: ByteCount?
    @Option(help: ArgumentHelp("How often sandboxes are looked for that are to be removed.", valueName: "duration"))
    var diskWatchInterval = DurationArgument(SandboxCleanup().interval)

    func validate() throws {
        guard (0...1).contains(gcDiskHeadroom) else { throw ValidationError("--gc-disk-headroom must be from 0 to 1, as 0.1.") }
        guard diskWatchInterval.duration >= .seconds(1) else { throw ValidationError("--disk-watch-interval must be at least 1s.") }
    }

    func apply(to configuration: inout AgentConfiguration) {
        configuration.sandboxCleanup.delay = gcDelay.duration
        configuration.sandboxCleanup.headroom = gcDiskHeadroom
        configuration.sandboxCleanup.maximumBytes = gcMaxSize?.bytes
        configuration.sandboxCleanup.interval = diskWatchInterval.duration
    }
}
