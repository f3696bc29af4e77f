import Cluster
import MesosAPI
import MesosMessages
import Testing

@testable import AgoraCommands

@Suite struct TaskGroupFileTests {
    private static let task = #"{"name": "a", "command": {"value": "true"}}"#

    @Test(arguments: [
        #"{"tasks": [\#(task)]}"#,
        #"{"task_group": {"tasks": [\#(task)]}}"#,
        #"{"executor": {"executor_id": {"value": "e"}}, "task_group": {"tasks": [\#(task)]}}"#,
        #"{"type": "LAUNCH_GROUP", "launch_group": {"task_group": {"tasks": [\#(task)]}}}"#,
    ])
    func everyFormIsTaken(_ text: String) throws {
        let pod = try launch(text)
        #expect(pod.tasks.map(\.name) == ["a"])
        #expect(pod.executor?.type == .default)
        #expect(try Resources(pod.executor?.resources ?? []) == Resources.parse("cpus:0.01;mem:32;disk:1"))
        #expect(try Resources(pod.tasks[0].resources) == Resources.parse("cpus:0.1;mem:32"))
    }

    @Test func idsAreMadeOrKept() throws {
        let pod = try launch(#"{"tasks": [\#(Self.task), {"task_id": {"value": "mine"}, "command": {"value": "true"}}]}"#)
        let identified = pod.identified(by: "x1")
        #expect(identified.executor?.executorID.value == "test-x1")
        #expect(identified.tasks.map(\.taskID.value) == ["test-x1.a", "mine"])
        #expect(identified.tasks.map(\.name) == ["a", "mine"])
    }

    @Test(arguments: [
        ("{", "the file is not valid JSON"),
        ("{}", "task_group: is missing"),
        (#"{"tasks": []}"#, "task_group.tasks: must have at least one task"),
        (#"{"tasks": 5}"#, "task_group.tasks: must be a list"),
        (#"{"tasks": [5]}"#, "task_group.tasks[0]: must be an object"),
        (#"{"tasks": [], "more": 1}"#, "more: there is no such field"),
        (#"{"tasks": [{"comand": {"value": "x"}}]}"#, "task_group.tasks[0].comand: there is no such field"),
        (#"{"tasks": [{"command": {"value": "x", "environment": {"variables": [{"nam": "x"}]}}}]}"#, "task_group.tasks[0].command"),
        (#"{"executor": {"type": "CUSTOMARY"}, "tasks": [\#(task)]}"#, "executor.type: there is no such field or value"),
        (#"{"tasks": [\#(task), \#(task)]}"#, "task_group.tasks[1].name: two tasks are named \"a\""),
        (#"{"tasks": [{"command": {"value": 5}}]}"#, "task_group.tasks[0].command.value"),
    ])
    func refuses(_ document: String, _ message: String) {
        let text = refusal { try launch(document) }
        #expect(text.hasPrefix(message), "\(text)")
    }

    @Test func refusesDeepJSON() {
        let deep = #"{"tasks": "# + String(repeating: "[", count: 100_000)
        #expect(refusal { try launch(deep) }.hasPrefix("the file is not valid JSON"))
    }

    @Test func refusesManyTasks() {
        let tasks = (0..<101).map { #"{"name": "t\#($0)"}"# }.joined(separator: ",")
        #expect(refusal { try launch("{\"tasks\": [\(tasks)]}") }.contains("has 101 tasks; 100 are allowed"))
    }
}
