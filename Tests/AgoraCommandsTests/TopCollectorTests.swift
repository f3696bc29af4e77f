import HTTPService
import Logging
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Synchronization
import Testing

@testable import AgoraCommands

/// Rounds of questions to a master that lists agents, all of which are this server, and one that nobody is.
@Suite struct TopCollectorTests {
    private final class Cluster: Sendable {
        let agents: Int
        private let counts = Mutex<(lists: Int, agents: Int)>((0, 0))
        private let port = Mutex(0)

        init(agents: Int) { self.agents = agents }

        var asked: (lists: Int, agents: Int) { counts.withLock { $0 } }

        func serve(_ body: (Endpoint) async throws -> Void) async throws {
            var router = Router()
            router.on(.post, "/api/v1") { request, responder in self.answer(request, responder) }
            let server = try await HTTPServer.start(
                HTTPServerConfiguration(host: "127.0.0.1", port: 0),
                router: router,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            port.withLock { $0 = server.port }
            do {
                try await body(Endpoint(host: "127.0.0.1", port: server.port))
                await server.shutdown()
            } catch {
                await server.shutdown()
                throw error
            }
        }

        private func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
            // Calls of masters and of agents have the same numbers.
            let isOfAgent = (try? MessageEncoding.protobuf.decode(Mesos_V1_Agent_Call.self, from: request.bodyBytes))?.hasGetContainers
            let call = isOfAgent == true ? nil : try? MessageEncoding.protobuf.decode(Mesos_V1_Master_Call.self, from: request.bodyBytes)
            let bytes: [UInt8]
            switch call?.type {
            case .getAgents:
                counts.withLock { $0.lists += 1 }
                bytes = MessageEncoding.protobuf.encode(listed)
            case .getTasks, .getFrameworks: bytes = MessageEncoding.protobuf.encode(Mesos_V1_Master_Response.with { $0.type = .getTasks })
            default:
                counts.withLock { $0.agents += 1 }
                bytes = MessageEncoding.protobuf.encode(Self.running)
            }
            responder.respond(200, headers: [("Content-Type", "application/x-protobuf")], body: bytes)
        }

        private var listed: Mesos_V1_Master_Response {
            let port = port.withLock { $0 }
            return .with { response in
                response.type = .getAgents
                response.getAgents.agents = (0..<agents).map { number in
                    .with {
                        $0.agentInfo.hostname = "127.0.0.1"
                        $0.agentInfo.port = number == 0 ? 9 : Int32(port)
                        $0.agentInfo.id.value = "S\(number)"
                        $0.active = true
                        $0.version = "1"
                    }
                }
            }
        }

        private static let running = Mesos_V1_Agent_Response.with { response in
            response.type = .getContainers
            response.getContainers.containers = [
                .with {
                    $0.containerID.value = "c"
                    $0.executorID.value = "web"
                    $0.resourceStatistics.timestamp = 1
                    $0.resourceStatistics.memTotalBytes = 5
                }
            ]
        }
    }

    @Test func anAgentThatDoesNotAnswerIsShownAsSuch() async throws {
        let cluster = Cluster(agents: 3)
        try await cluster.serve { endpoint in
            try await Connection.with { connection in
                var collector = TopCollector(connection: connection, master: endpoint, nodes: [], turns: .all, limit: 10)
                let found = try await collector.round(nested: false)
                #expect(found.nodes.map(\.agentID) == ["S0", "S1", "S2"])
                #expect(found.nodes.map(\.state) == ["no answer", "active", "active"] && found.hint == nil)
                #expect(found.containers.map(\.agentID) == ["S1", "S2"] && found.containers.map(\.task) == ["web", "web"])
                #expect(found.nodes.map(\.memoryUsed) == [nil, 5, 5])
            }
        }
    }

    @Test func aLargeClusterIsNotFlooded() async throws {
        let cluster = Cluster(agents: 300)
        try await cluster.serve { endpoint in
            try await Connection.with { connection in
                var collector = TopCollector(connection: connection, master: endpoint, nodes: [], turns: .all, limit: 20)
                for round in 1...3 {
                    _ = try await collector.round(nested: true)
                    #expect(cluster.asked.agents <= 20 * round && cluster.asked.agents >= 20 * round - 1)
                }
            }
        }
    }

    @Test func aMachineThatIsNotThereIsSaid() async throws {
        try await Cluster(agents: 2).serve { endpoint in
            try await Connection.with { connection in
                var collector = TopCollector(connection: connection, master: endpoint, nodes: ["S7"], turns: .all, limit: 20)
                await #expect(throws: NodeLookupError.self) { try await collector.round(nested: true) }
                var one = TopCollector(connection: connection, master: endpoint, nodes: ["S1"], turns: .all, limit: 20)
                let found = try await one.round(nested: true)
                #expect(found.nodes.map(\.agentID) == ["S1"])
            }
        }
    }
}
