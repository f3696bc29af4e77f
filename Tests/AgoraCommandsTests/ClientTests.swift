import MesosMessages
import SwiftProtobuf
import Testing

@testable import AgoraCommands

@Suite struct EndpointTests {
    @Test(arguments: [
        ("10.0.0.1:80", "10.0.0.1:80"), ("box", "box:5050"), ("http://box:1/", "box:1"), ("[::1]:7", "[::1]:7"), ("[::1]", "[::1]:5050"),
        ("::1", "[::1]:5050"),
    ])
    func reads(_ text: String, _ address: String) {
        #expect(Endpoint(parsing: text)?.description == address)
    }

    @Test(arguments: ["", ":", ":80", "a:", "a:0", "a:65536", "a:x", "a:-1", "a b", "a/b", "https://a", "[::1]x", "u@h:1", "a:1:2:3/x"])
    func refuses(_ text: String) {
        #expect(Endpoint(parsing: text) == nil)
    }

    @Test(
        arguments: [
            ("a:1", ["AGORA_MASTER": "b:2"], "a:1"), (nil, ["AGORA_MASTER": "b:2"], "b:2"), (nil, ["AGORA_MASTER": ""], "127.0.0.1:5050"),
            (nil, [:], "127.0.0.1:5050"),
        ] as [(String?, [String: String], String)]
    )
    func theOptionComesBeforeTheVariable(_ option: String?, _ environment: [String: String], _ address: String) throws {
        #expect(try MasterOptions.endpoint(option, environment: environment).description == address)
    }

    @Test func aWrongVariableIsNamed() {
        #expect(
            refusal { try MasterOptions.endpoint(nil, environment: ["AGORA_MASTER": "x y"]) }.contains(
                "AGORA_MASTER: \"x y\" is no address"
            )
        )
    }
}

@Suite struct ConnectionTests {
    @Test func nobodyListening() async throws {
        let endpoint = Endpoint(host: "127.0.0.1", port: 9)
        let error = await #expect(throws: ClientError.self) {
            try await Connection.with { try await MasterClient(connection: $0, master: endpoint).agents() }
        }
        #expect(error?.isUnreachable == true)
        #expect(
            error?.description == """
                cannot list the machines: no master answers at 127.0.0.1:9 (connection refused).
                Start one with `agora local`, or say where it is with --master HOST:PORT or the variable AGORA_MASTER.
                """
        )
    }
}

@Suite struct TaskCatalogueTests {
    private func catalogue(_ tasks: [(id: String, name: String, executor: String, framework: String, isActive: Bool)]) -> TaskCatalogue {
        let messages = tasks.map { task in
            Mesos_V1_Task.with {
                $0.taskID.value = task.id
                $0.name = task.name
                $0.frameworkID.value = task.framework
                if !task.executor.isEmpty { $0.executorID.value = task.executor }
                $0.state = task.isActive ? .taskRunning : .taskFinished
            }
        }
        let frameworks = Set(tasks.map(\.framework)).map { framework in
            Mesos_V1_Master_Response.GetFrameworks.Framework.with {
                $0.frameworkInfo.id.value = framework
                $0.frameworkInfo.name = "agora run \(framework)"
                $0.frameworkInfo.labels.labels = [.with { $0.key = PodRunOptions.label }]
            }
        }
        return TaskCatalogue(
            tasks: .with {
                $0.tasks = messages.filter { $0.state == .taskRunning }
                $0.completedTasks = messages.filter { $0.state != .taskRunning }
            },
            frameworks: .with { $0.frameworks = frameworks },
            agents: .init()
        )
    }

    @Test func findsByIdPodAndName() throws {
        let catalogue = catalogue([
            ("shop-1.web", "web", "shop-1", "shop", true), ("shop-1.log", "log", "shop-1", "shop", true),
            ("shop-0.web", "web", "shop-0", "shop0", false), ("one", "solo", "", "solo", true),
        ])
        #expect(try catalogue.find("shop-1.web").map(\.id) == ["shop-1.web"])
        #expect(Set(try catalogue.find("shop-1").map(\.id)) == ["shop-1.web", "shop-1.log"])
        #expect(Set(try catalogue.find("shop").map(\.id)) == ["shop-1.web", "shop-1.log"])
        #expect(try catalogue.find("web").map(\.id) == ["shop-1.web"])
        #expect(try catalogue.find("shop-0.web").map(\.id) == ["shop-0.web"])
        #expect(try catalogue.find("solo").map(\.id) == ["one"])
    }

    @Test func tellsWhatIsUnknownOrAmbiguous() {
        let catalogue = catalogue([("a-1", "a", "", "f", true), ("a-2", "a", "", "g", true)])
        #expect(refusal { try catalogue.find("a") } == "\"a\" means more than one task: a-1, a-2; name one by its id")
        #expect(refusal { try catalogue.find("a-3") } == "there is no task \"a-3\"; did you mean a-1 or a-2?")
        #expect(refusal { try catalogue.find("entirely-else") } == "there is no task \"entirely-else\"; `agora ps --all` lists them")
    }
}
