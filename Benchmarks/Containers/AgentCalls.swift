import MesosMessages
import SwiftProtobuf

/// Calls of the agent's operator API.
extension Mesos_V1_Agent_Call {
    /// - Parameters:
    ///   - image: nothing: the host's files.
    ///   - network: nothing: the machine's.
    static func launch(
        _ id: Mesos_V1_ContainerID,
        _ command: [String],
        image: String? = nil,
        network: String? = nil
    ) -> Mesos_V1_Agent_Call {
        var call = Mesos_V1_Agent_Call()
        call.type = .launchContainer
        call.launchContainer.containerID = id
        call.launchContainer.command.shell = false
        call.launchContainer.command.value = command[0]
        call.launchContainer.command.arguments = command
        if image != nil || network != nil { call.launchContainer.container.type = .mesos }
        if let image {
            call.launchContainer.container.mesos.image.type = .docker
            call.launchContainer.container.mesos.image.docker.name = image
        }
        if let network { call.launchContainer.container.networkInfos = [.with { $0.name = network }] }
        return call
    }

    static func wait(_ id: Mesos_V1_ContainerID) -> Mesos_V1_Agent_Call {
        var call = Mesos_V1_Agent_Call()
        call.type = .waitContainer
        call.waitContainer.containerID = id
        return call
    }

    static func kill(_ id: Mesos_V1_ContainerID) -> Mesos_V1_Agent_Call {
        var call = Mesos_V1_Agent_Call()
        call.type = .killContainer
        call.killContainer.containerID = id
        return call
    }

    static func remove(_ id: Mesos_V1_ContainerID) -> Mesos_V1_Agent_Call {
        var call = Mesos_V1_Agent_Call()
        call.type = .removeContainer
        call.removeContainer.containerID = id
        return call
    }

    /// All containers, nested ones and those of operators, too.
    static func list() -> Mesos_V1_Agent_Call {
        var call = Mesos_V1_Agent_Call()
        call.type = .getContainers
        call.getContainers.showNested = true
        call.getContainers.showStandalone = true
        return call
    }
}

/// A container id from its names, the root's first.
func containerID(_ path: [String]) -> Mesos_V1_ContainerID {
    path.dropFirst().reduce(into: Mesos_V1_ContainerID.with { $0.value = path[0] }) { id, name in
        let parent = id
        id = .with {
            $0.parent = parent
            $0.value = name
        }
    }
}

func containerID(_ path: String...) -> Mesos_V1_ContainerID { containerID(path) }
