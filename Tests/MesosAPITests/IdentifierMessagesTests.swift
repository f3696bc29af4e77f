import Cluster
import MesosAPI
import MesosMessages
import Testing

@Suite struct IdentifierMessagesTests {
    @Test func namesGoThereAndBack() throws {
        let message = TaskID("a").message
        #expect(message.value == "a")
        #expect(TaskID(message) == TaskID("a"))
        #expect(try AgentID(validating: AgentID("b").message) == AgentID("b"))
        #expect(throws: InvalidName.self) { try FrameworkID(validating: FrameworkID("a/b").message) }
    }

    @Test func containersGoThereAndBackWithTheirParents() throws {
        let container = ContainerID("pod").child("web").child("probe")
        let message = container.message
        #expect(message.value == "probe")
        #expect(message.parent.value == "web")
        #expect(message.parent.parent.value == "pod")
        #expect(!message.parent.parent.hasParent)
        #expect(try ContainerID(validating: message) == container)
    }

    @Test(arguments: [32, 33, 3000])
    func only32LevelsAreTaken(depth: Int) {
        var message = Mesos_V1_ContainerID()
        message.value = "c"
        for _ in 1..<depth {
            var inner = Mesos_V1_ContainerID()
            inner.value = "c"
            inner.parent = message
            message = inner
        }
        #expect((try? ContainerID(validating: message))?.depth == (depth == 32 ? 32 : nil))
    }

    @Test(arguments: ["", "a.b", "a/b", "a b", ".."])
    func badNamesAtAnyLevelAreRefused(name: String) {
        var parent = Mesos_V1_ContainerID()
        parent.value = name
        var message = Mesos_V1_ContainerID()
        message.value = "c"
        message.parent = parent
        #expect(throws: InvalidName.self) { try ContainerID(validating: message) }
    }
}
