import Foundation
import MesosMessages
import SwiftProtobuf
import TestSupport
import Testing

/// Tasks that cannot be: the scheduler is told which field is wrong, and why.
@Suite(.serialized, .oneCluster) struct BadTaskTests {
    /// A task, and what its scheduler is told of its end.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let task: Mesos_V1_TaskInfo
        let state: Mesos_V1_TaskState
        let message: String

        /// One that the master refuses.
        static func invalid(_ description: String, _ task: Mesos_V1_TaskInfo, _ message: String) -> Case {
            Case(testDescription: description, task: task, state: .taskError, message: message)
        }

        /// One that the agent tries in vain.
        static func failing(_ description: String, _ task: Mesos_V1_TaskInfo, _ message: String) -> Case {
            Case(testDescription: description, task: task, state: .taskFailed, message: message)
        }
    }

    static let cases: [Case] = [
        .invalid("a path as id", .sample("../x"), "task_id: task id '../x': must not contain a slash"),
        .invalid("a folder as id", .sample(".."), "task_id: task id '..': is the name of a folder itself"),
        .invalid("no id", .sample(""), "task_id: task id '': must not be empty"),
        .invalid("a long id", .sample(String(repeating: "x", count: 256)), "is 256 bytes long; 255 are allowed"),
        .invalid("negative cpus", .sample("a1") { $0.resources[0].scalar.value = -1 }, "resource 'cpus': an amount must not be negative"),
        .invalid("endless cpus", .sample("a2") { $0.resources[0].scalar.value = .infinity }, "resource 'cpus'"),
        .invalid("cpus that are no number", .sample("a3") { $0.resources[0].scalar.value = .nan }, "resource 'cpus'"),
        .invalid("huge memory", .sample("a4") { $0.resources[1].scalar.value = 1e300 }, "resource 'mem': an amount must be at most"),
        .invalid(
            "more than is offered",
            .sample("a5") { $0.resources[0].scalar.value = 1e6 },
            "the task needs cpus:1000000; mem:32, of the"
        ),
        .invalid("no resources", .sample("a6") { $0.resources = [] }, "resources: none"),
        .invalid("no command", .sample("a7") { $0.command = .init() }, "command.value: missing"),
        .invalid("a variable that is none", .sample("a8") { $0.command.environment.variables = [variable("A=B", "")] }, "variable 'A=B'"),
        .failing("no such program", .sample("b1") { $0.program("/no/such/program") }, "exited with status 127"),
        .failing("an argument of 1 MB", .sample("b2") { $0.program("/bin/true", String(repeating: "x", count: 1 << 20)) }, "status 126"),
        .failing("an unknown user", .sample("b3") { $0.command.user = "no-such-user" }, "there is no user \"no-such-user\""),
        .failing("a volume of nothing", .sample("b4") { $0.volume("/no/such/path", at: "/mnt") }, "cannot open /no/such/path"),
        .failing("no registry", .sample("b5") { $0.image("127.0.0.1:9/x") }, "127.0.0.1:9/v2/x/manifests/latest"),
        .failing("no image", .sample("b6") { $0.image("oci:/no/such/folder") }, "there is no file \"/no/such/folder/oci-layout\""),
    ]

    @Test(arguments: cases) func tellsWhatIsWrong(with task: Case) async throws {
        try await Scheduler.run(on: .current()) { scheduler in
            let end = try await scheduler.end(of: task.task)
            #expect(end.state == task.state)
            #expect(end.message.contains(task.message), "\(end.message)")
        }
    }

    @Test func tenThousandVariablesReachTheTask() async throws {
        try await Scheduler.run(on: .current()) { scheduler in
            let task = Mesos_V1_TaskInfo.sample("many", "test $(env | grep -c ^MANY_) = 10000") { task in
                let value = String(repeating: "v", count: 50)
                task.command.environment.variables = (0..<10_000).map { Self.variable("MANY_\($0)", value) }
            }
            let state1 = try await scheduler.end(of: task).state
            #expect(state1 == .taskFinished)
        }
    }

    @Test func aGoodTaskBesideABadOneRuns() async throws {
        try await Scheduler.run(on: .current()) { scheduler in
            let state2 = try await scheduler.end(of: .sample("../../bad")).state
            #expect(state2 == .taskError)
            let state3 = try await scheduler.end(of: .sample("good")).state
            #expect(state3 == .taskFinished)
        }
    }

    private static func variable(_ name: String, _ value: String) -> Mesos_V1_Environment.Variable {
        .with { ($0.name, $0.value) = (name, value) }
    }
}

extension Mesos_V1_TaskInfo {
    fileprivate mutating func program(_ path: String, _ arguments: String...) {
        command.shell = false
        command.value = path
        command.arguments = [path] + arguments
    }

    fileprivate mutating func image(_ reference: String) {
        container.type = .mesos
        container.mesos.image.type = .docker
        container.mesos.image.docker.name = reference
    }

    fileprivate mutating func volume(_ hostPath: String, at path: String) {
        container.type = .mesos
        container.volumes = [
            .with { ($0.hostPath, $0.containerPath, $0.mode) = (hostPath, path, .rw) }
        ]
    }
}
