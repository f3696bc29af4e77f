import MesosMessages
import SwiftProtobuf
import Testing

@testable import AgoraCommands

@Suite struct ObjectLookupTests {
    private static func task(_ id: String, _ name: String, _ framework: String, _ state: Mesos_V1_TaskState = .taskRunning) -> Mesos_V1_Task
    {
        .with {
            ($0.taskID.value, $0.name, $0.frameworkID.value, $0.agentID.value, $0.state) = (id, name, framework, "M-S0", state)
            if id.contains(".") { $0.executorID.value = String(id.prefix { $0 != "." }) }
            $0.statuses = [.with { $0.containerStatus.containerID.value = "container-of-\(id)" }]
        }
    }

    private static let cluster = Mesos_V1_Master_Response.GetState.with { state in
        state.getTasks.tasks = [
            task("web-1", "web", "M-0000"), task("shop-1.db", "db", "M-0001"), task("shop-1.cart", "cart", "M-0001"),
            task("api-1", "api", "M-0000"), task("api-2", "api", "M-0002"),
        ]
        state.getTasks.completedTasks = [task("web-0", "web", "M-0002", .taskFailed), task("old-1", "old", "M-0002", .taskFailed)]
        state.getFrameworks.frameworks = ["marathon", "spark", "web"].enumerated().map { number, name in
            .with { ($0.frameworkInfo.id.value, $0.frameworkInfo.name) = ("M-000\(number)", name) }
        }
        state.getAgents.agents = [
            .with { ($0.agentInfo.id.value, $0.agentInfo.hostname, $0.agentInfo.port, $0.active) = ("M-S0", "box-1", 5051, true) }
        ]
    }

    private static let lookup = ObjectLookup(cluster, roles: ["*", "batch"].map { name in .with { $0.name = name } })

    @Test(
        arguments: [
            ("web-1", nil, ["task web-1"]), ("shop-1", nil, ["task shop-1.cart", "task shop-1.db"]), ("box-1", nil, ["node M-S0"]),
            ("box-1:5051", nil, ["node M-S0"]), ("M-S", nil, ["node M-S0"]), ("marathon", nil, ["framework M-0000"]),
            ("batch", nil, ["role batch"]), ("*", nil, ["role *"]), ("bat", nil, ["role batch"]), ("old", nil, ["task old-1"]),
            ("web", .task, ["task web-1"]), ("web", .framework, ["framework M-0002"]),
            ("container-of-web-1", nil, ["container container-of-web-1"]),
            ("web-0", nil, ["task web-0"]), ("cart", nil, ["task shop-1.cart"]), ("M-0001", nil, ["framework M-0001"]),
        ] as [(String, ObjectKind?, [String])]
    )
    func finds(_ name: String, _ kind: ObjectKind?, _ words: [String]) throws {
        #expect(try Self.lookup.find(name, kind).map(\.words).sorted() == words)
    }

    @Test(
        arguments: [
            ("web", nil, "\"web\" may mean task web-1, framework M-0002; give the whole id, or say what it is with --type"),
            ("api", nil, "\"api\" may mean task api-1, task api-2; "),
            ("M-000", nil, "framework M-0000, framework M-0001, framework M-0002; "), ("M-", nil, "node M-S0, framework M-0000"),
            ("sparc", nil, "there is no task, node, framework, role or container \"sparc\"; did you mean spark?"),
            ("spark", .task, "there is no task \"spark\""), ("", nil, "there is no task, node"), ("zzzzzzzz", .node, "`agora nodes`"),
        ] as [(String, ObjectKind?, String)]
    )
    func refuses(_ name: String, _ kind: ObjectKind?, _ words: String) {
        let message = refusal { try Self.lookup.find(name, kind) }
        #expect(message.contains(words), "\(message)")
    }
}

@Suite struct StateArgumentTests {
    @Test(arguments: [
        ("running", Mesos_V1_TaskState.taskRunning), ("TASK_FAILED", .taskFailed), ("gone-by-operator", .taskGoneByOperator),
        ("Lost", .taskLost), ("task_killed", .taskKilled),
    ])
    func reads(_ text: String, _ state: Mesos_V1_TaskState) {
        #expect(StateArgument(argument: text)?.state == state)
    }

    @Test(arguments: ["", "dead", "TASK_", "TASK_TASK_RUNNING", "run ning"]) func refuses(_ text: String) {
        #expect(StateArgument(argument: text) == nil)
    }
}
