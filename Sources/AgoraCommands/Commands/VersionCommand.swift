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

    @OptionGroup var output: OutputOptions

    private struct Version: Encodable {
        let version: String
    }

    func run() async throws {
        switch output.output {
        case .table: await Terminal.print("agora \(AgoraVersion.current)")
        case .json: await Terminal.print(try OutputOptions.json(Version(version: AgoraVersion.current)))
        }
    }
}
