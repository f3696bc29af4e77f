import Agent
import ArgumentParser
import Containers

/// How large the output of tasks may become on an agent's disk.
struct LogFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Begin a new file for a container's output when it has so many: 10m, 1g; 0 for one file without bounds.",
            valueName: "bytes"
        )
    )
    var logMaxSize = ByteCount(32 << 20)
    @Option(help: ArgumentHelp("How many files of each output to keep, the newest included.", valueName: "count"))
    var logMaxFiles = 4

    func validate() throws {
        guard logMaxSize.bytes == 0 || LogLimit.rangeOfBytes.contains(logMaxSize.bytes) else {
            throw ValidationError("--log-max-size must be 0 or from 1k to 1t.")
        }
        guard LogLimit.rangeOfFiles.contains(logMaxFiles) else { throw ValidationError("--log-max-files must be from 1 to 1000.") }
    }

    func apply(to configuration: inout AgentConfiguration) {
        configuration.logLimit = logMaxSize.bytes == 0 ? nil : LogLimit(bytes: logMaxSize.bytes, files: logMaxFiles)
    }
}
