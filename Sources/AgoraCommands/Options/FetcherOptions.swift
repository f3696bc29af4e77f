import Agent
import ArgumentParser
import Fetcher

/// How an agent fetches the files of tasks.
struct FetcherOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What the cache of fetched files may hold: 512m, 2g; 0 for no cache.", valueName: "bytes"))
    var fetcherCacheSize = ByteCount(2 << 30)
    @Option(help: ArgumentHelp("Cut a download that brings less than a byte a second for so long.", valueName: "duration"))
    var fetcherStallTimeout = DurationArgument(.seconds(60))
    @Option(help: ArgumentHelp("What the files of one task may have, unpacked.", valueName: "bytes"))
    var fetcherMaxBytes = ByteCount(8 << 30)
    @Option(help: ArgumentHelp("How many files, folders and links they may be.", valueName: "number"))
    var fetcherMaxEntries = 500_000

    func validate() throws {
        guard fetcherStallTimeout.duration >= .seconds(1) else { throw ValidationError("--fetcher-stall-timeout must be at least 1s.") }
        guard fetcherMaxBytes.bytes > 0, fetcherMaxEntries > 0 else {
            throw ValidationError("--fetcher-max-bytes and --fetcher-max-entries must be above 0.")
        }
    }

    func apply(to configuration: inout AgentConfiguration) {
        configuration.fetcherCacheBytes = fetcherCacheSize.bytes
        configuration.fetcherStallTimeout = fetcherStallTimeout.duration
        configuration.fetchLimits.bytes = fetcherMaxBytes.bytes
        configuration.fetchLimits.entries = fetcherMaxEntries
    }
}
