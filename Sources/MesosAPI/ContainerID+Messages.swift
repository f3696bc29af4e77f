public import Cluster
public import MesosMessages

extension ContainerID {
    /// Checks the names in a message and its parents; refuses more than ``maximumDepth`` levels.
    public init(validating message: Mesos_V1_ContainerID) throws(InvalidName) {
        var path = [message.value]
        var level = message
        while level.hasParent {
            level = level.parent
            path.append(level.value)
        }
        try self.init(validating: path.reversed())
    }

    /// The container as a message, with its parents.
    public var message: Mesos_V1_ContainerID {
        var message = Mesos_V1_ContainerID()
        for (depth, value) in path.enumerated() {
            var level = Mesos_V1_ContainerID()
            level.value = value
            if depth > 0 { level.parent = message }
            message = level
        }
        return message
    }
}
