import Foundation
public import MesosMessages

extension Mesos_V1_ContainerInfo {
    /// The same without the logins to registries that it brings: what is shown of a task is seen by everybody.
    public var withoutSecrets: Mesos_V1_ContainerInfo {
        guard mesos.image.docker.config.hasValue else { return self }
        var info = self
        info.mesos.image.docker.config.value.data = Data()
        return info
    }
}
