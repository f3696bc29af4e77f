import Foundation
public import MesosMessages

extension Mesos_V1_ContainerInfo {
    /// The same without the secrets and the logins to registries that it brings: what is shown of a task is seen by
    /// everybody, and what is stored of it lies on a disk.
    public var withoutSecrets: Mesos_V1_ContainerInfo {
        var info = self
        if mesos.image.docker.config.hasValue { info.mesos.image.docker.config.value.data = Data() }
        for index in volumes.indices where volumes[index].source.secret.hasValue {
            info.volumes[index].source.secret.value.data = Data()
        }
        return info
    }
}

extension Mesos_V1_CommandInfo {
    /// The same without what its secret variables hold.
    public var withoutSecrets: Mesos_V1_CommandInfo {
        var info = self
        for index in environment.variables.indices where environment.variables[index].secret.hasValue {
            info.environment.variables[index].secret.value.data = Data()
        }
        return info
    }
}

extension Mesos_V1_ExecutorInfo {
    /// The same without the secrets that it brings.
    public var withoutSecrets: Mesos_V1_ExecutorInfo {
        var info = self
        if hasCommand { info.command = command.withoutSecrets }
        if hasContainer { info.container = container.withoutSecrets }
        return info
    }
}

extension Mesos_V1_TaskInfo {
    /// The same without the secrets that it brings.
    public var withoutSecrets: Mesos_V1_TaskInfo {
        var info = self
        if hasCommand { info.command = command.withoutSecrets }
        if hasContainer { info.container = container.withoutSecrets }
        if hasExecutor { info.executor = executor.withoutSecrets }
        return info
    }
}
