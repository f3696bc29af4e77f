import ArgumentParser
import MesosMessages

/// `agora rmi`
struct RemoveImagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rmi",
        abstract: "Remove images from machines.",
        discussion: """
            A name is removed, and with its last name the image; a digest means the image with all its names. An image that \
            a container runs from is kept, unless --force is given: then its name goes, and its files when the container has ended.

            EXAMPLE
              agora rmi busybox
              agora rmi --node box-1 quay.io/team/tool:1.2 3f57d9401f8d
            """
    )

    @OptionGroup var selection: NodeSelection
    @Flag(name: .shortAndLong, help: "Also if a container runs from it.")
    var force = false
    @Argument(help: "Names or digests of images; see `agora images`.")
    var images: [String]

    func run() async throws {
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let nodes = try await selection.nodes(connection)
                var failures: [(node: ClusterNode, result: Result<Void, ClientError>)] = []
                for image in images { failures += try await remove(image, from: nodes, connection) }
                try await NodeFailures.report(failures)
            }
        }
    }

    /// Removes it where it is. That it is nowhere is a failure.
    private func remove(
        _ image: String,
        from nodes: [ClusterNode],
        _ connection: Connection
    ) async throws -> [(node: ClusterNode, result: Result<Void, ClientError>)] {
        let answers = await ClusterNode.ask(nodes) { (node) throws(ClientError) in
            try await ImageClient(connection: connection, agent: node.endpoint).remove(image, force: force)
        }
        for (node, result) in answers {
            guard let removed = try? result.get() else { continue }
            await Terminal.print(Self.text(removed, node))
        }
        let failures = answers.map { (node: $0.node, result: $0.result.map { _ in }) }
            .filter { if case .failure = $0.result { true } else { false } }
        let others = failures.filter { if case .failure(let error) = $0.result { error.status != 404 } else { false } }
        return failures.count == nodes.count ? failures : others
    }

    private static func text(_ removed: Agora_V1_ImageResponse.RemoveImage, _ node: ClusterNode) -> String {
        let lines = removed.references.map { "\(node.name): removed \($0)" }
        let layers = removed.layers == 1 ? "1 layer" : "\(removed.layers) layers"
        let room = removed.layers == 0 ? [] : ["\(node.name): \(layers), \(ByteText.text(removed.bytes)) are free"]
        return (lines + room).joined(separator: "\n")
    }
}
