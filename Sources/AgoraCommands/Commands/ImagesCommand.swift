import ArgumentParser
import Foundation
import MesosMessages

/// `agora images`
struct ImagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "List the images that machines have stored.",
        discussion: """
            The size is that of all layers, unpacked; what an image shares with others counts for each.

            EXAMPLE
              agora images
              agora images --node box-1 --output json
              agora images --agent 127.0.0.1:5051
            """
    )

    @OptionGroup var selection: NodeSelection
    @OptionGroup var output: OutputOptions<TableFormat>

    func run() async throws {
        try await ExitStatus.reporting {
            let answers = try await Connection.with { connection in
                await ClusterNode.ask(try await selection.nodes(connection)) { (node) throws(ClientError) in
                    try await ImageClient(connection: connection, agent: node.endpoint).images()
                }
            }
            let rows = answers.flatMap { node, result in ((try? result.get()) ?? []).map { ImageRow($0, on: node.name) } }
            try await output.print(rows, table: Self.table(rows))
            try await NodeFailures.report(answers.map { ($0.node, $0.result.map { _ in }) })
        }
    }

    private static func table(_ rows: [ImageRow]) -> TextTable {
        var table = TextTable("NODE", "IMAGE", "DIGEST", "SIZE", "PULLED", "USED", "IN USE", .wide("WHOLE DIGEST"))
        let now = Date.now.timeIntervalSince1970
        for row in rows {
            table.add(
                row.node,
                row.familiarName,
                row.shortDigest,
                ByteText.text(row.bytes),
                Age.text(seconds: now - row.pulled),
                Age.text(seconds: now - row.lastUsed),
                row.inUse ? "yes" : "no",
                row.digest
            )
        }
        return table
    }
}

/// An image as `agora images` shows it.
struct ImageRow: Encodable {
    let node: String
    let image: String
    let digest: String
    let bytes: UInt64
    /// Seconds since 1970.
    let pulled: Double
    let lastUsed: Double
    let inUse: Bool

    init(_ image: Agora_V1_StoredImage, on node: String) {
        self.node = node
        self.image = image.reference
        digest = image.digest
        bytes = image.bytes
        pulled = image.pulled
        lastUsed = image.lastUsed
        inUse = image.inUse
    }

    private enum CodingKeys: String, CodingKey {
        case node, image, digest, bytes, pulled
        case lastUsed = "last_used"
        case inUse = "in_use"
    }

    /// As people write it: "busybox:latest".
    var familiarName: String {
        for prefix in ["docker.io/library/", "docker.io/"] where image.hasPrefix(prefix) { return String(image.dropFirst(prefix.count)) }
        return image
    }

    /// As many digits as Docker shows; `agora rmi` takes them.
    var shortDigest: String { String(digest.trimmingPrefix("sha256:").prefix(12)) }
}

/// Machines that could not be asked, or did not do what they were asked.
enum NodeFailures {
    /// Tells of each, and ends the command if there are any.
    static func report(_ results: [(node: ClusterNode, result: Result<Void, ClientError>)]) async throws {
        var errors: [ClientError] = []
        for (node, result) in results {
            guard case .failure(let error) = result else { continue }
            errors.append(error)
            await Terminal.note("\(node.name): \(error)")
        }
        guard !errors.isEmpty else { return }
        throw errors.allSatisfy(\.isUnreachable) ? ExitStatus.unreachable : ExitStatus.failure
    }
}
