import ArgumentParser

/// `agora version`
struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version of this program.",
        discussion: """
            EXAMPLE
              agora version
              agora version --output json
            """
    )

    @OptionGroup var output: OutputOptions<TextFormat>

    private struct Version: Encodable {
        let version: String
    }

    func run() async throws {
        try await output.print(Version(version: AgoraVersion.current)) { _ in "agora \(AgoraVersion.current)" }
    }
}
