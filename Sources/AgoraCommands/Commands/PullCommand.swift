import ArgumentParser
import MesosMessages

/// `agora pull`
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Bring an image to machines before it is needed.",
        discussion: """
            The registry is asked whether the image's name means another one by now. Paths, as of oci:/PATH, are those of \
            each machine.

            EXAMPLE
              agora pull busybox
              agora pull --node box-1 --node box-2 quay.io/team/tool:1.2
              agora pull --agent 127.0.0.1:5051 oci:/srv/images:tool
            """
    )

    @OptionGroup var selection: NodeSelection
    @Flag(help: "Do not ask the registry if the image is stored.")
    var cached = false
    @Argument(help: "The image.")
    var image: String

    func run() async throws {
        try await ExitStatus.reporting {
            let display = PullDisplay.onStandardError()
            let answers = try await Connection.with { connection in
                await ClusterNode.ask(try await selection.nodes(connection)) { (node) throws(ClientError) in
                    let client = ImageClient(connection: connection, agent: node.endpoint)
                    return try await client.pull(image, cached: cached) { await display.show($0, of: node.name) }
                }
            }
            for (node, result) in answers {
                guard let stored = try? result.get() else { continue }
                await Terminal.print("\(node.name): \(stored.reference) \(stored.digest)")
            }
            try await NodeFailures.report(answers.map { ($0.node, $0.result.map { _ in }) })
        }
    }
}
