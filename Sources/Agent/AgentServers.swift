import HTTPService
import Logging

/// Where the agent listens: for everybody by TCP and, if wanted, for executors by a unix domain socket.
struct AgentServers: Sendable {
    let main: HTTPServer
    private let socket: HTTPServer?

    static func start(
        _ configuration: AgentConfiguration,
        _ router: Router,
        _ executorAPI: ExecutorAPI,
        _ logger: Logger
    ) async throws(AgentError) -> AgentServers {
        do throws(HTTPServiceError) {
            let main = try await HTTPServer.start(.init(configuration), router: router, logger: logger)
            guard let path = configuration.executorSocketPath else { return AgentServers(main: main, socket: nil) }
            do throws(HTTPServiceError) {
                return AgentServers(main: main, socket: try await listen(path, executorAPI, logger))
            } catch {
                await main.shutdown()
                throw error
            }
        } catch {
            throw AgentError(error.description)
        }
    }

    private static func listen(
        _ path: String,
        _ executorAPI: ExecutorAPI,
        _ logger: Logger
    ) async throws(HTTPServiceError) -> HTTPServer {
        let folder = path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        do {
            try WorkDirectory.makeFolders(folder, mode: 0o755)
        } catch {
            throw .cannotListenOnSocket(path: path, reason: error.description)
        }
        var router = Router()
        executorAPI.add(to: &router)
        return try await HTTPServer.start(HTTPServerConfiguration(unixSocketPath: path), router: router, logger: logger)
    }

    func shutdown() async {
        await socket?.shutdown()
        await main.shutdown()
    }
}

extension HTTPServerConfiguration {
    fileprivate init(_ configuration: AgentConfiguration) {
        self.init(
            host: configuration.host,
            port: configuration.port,
            tls: configuration.tls,
            allowInsecure: configuration.allowInsecure
        )
        allowedOrigins = PageOrigins.all(configuration)
    }
}
