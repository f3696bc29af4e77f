import HTTPService
import Logging

/// A registry that knows no image but `wrong`, and that one by any digest.
enum BadRegistry {
    /// Runs the body with the registry's `host:port`.
    static func run(_ body: (String) async throws -> Void) async throws {
        var router = Router()
        router.on(.get, "/v2/wrong/manifests/*") { _, responder in
            responder.respond(200, headers: [("Content-Type", mediaType)], body: Array(manifest.utf8))
        }
        let logger = Logger(label: "registry") { _ in SwiftLogNoOpLogHandler() }
        let server = try await HTTPServer.start(HTTPServerConfiguration(host: "127.0.0.1", port: 0), router: router, logger: logger)
        do {
            try await body("127.0.0.1:\(server.port)")
        } catch {
            await server.shutdown()
            throw error
        }
        await server.shutdown()
    }

    private static let mediaType = "application/vnd.oci.image.manifest.v1+json"
    private static let manifest = """
        {"schemaVersion":2,"mediaType":"\(mediaType)","config":{"mediaType":"application/vnd.oci.image.config.v1+json",
         "digest":"sha256:\(String(repeating: "0", count: 64))","size":2},"layers":[]}
        """
}
