import MesosMessages
import SwiftProtobuf

/// The networks that a pod joins, by `--network`, and the ports that are mapped into it, by `--publish`.
struct PodNetworks {
    /// None: the pod uses the machine's network.
    var names: [String] = []
    /// For the first of the networks.
    var ports: [Mesos_V1_NetworkInfo.PortMapping] = []

    static let machine = PodNetworks()
}

/// What a pod says of its network: it has no field for the network's name.
struct PodNetworkNeeds {
    /// Why the pod cannot use the machine's network, if that is so.
    var reasonAgainstMachine: PodFileError?
    /// Why it can use no other, if that is so.
    var reasonAgainstOthers: PodFileError?
    /// Ports of the machine that lead into the pod.
    var ports: [Mesos_V1_NetworkInfo.PortMapping] = []
}

extension PodLaunch {
    /// The same in networks: those of a group are its executor's, which all tasks share.
    func joining(_ networks: PodNetworks) throws(PodFileError) -> PodLaunch {
        guard !networks.names.isEmpty else {
            if let reason = network.reasonAgainstMachine { throw reason }
            return self
        }
        if let reason = network.reasonAgainstOthers { throw reason }
        var infos = networks.names.map { name in Mesos_V1_NetworkInfo.with { $0.name = name } }
        infos[0].portMappings = network.ports + networks.ports
        var launch = self
        if launch.executor == nil {
            for index in launch.tasks.indices { try launch.tasks[index].container.join(infos) }
        } else {
            try launch.executor?.container.join(infos)
        }
        return launch
    }
}

extension Mesos_V1_ContainerInfo {
    fileprivate mutating func join(_ infos: [Mesos_V1_NetworkInfo]) throws(PodFileError) {
        guard networkInfos.isEmpty else {
            throw PodFileError("--network", "the file names networks (network_infos); one of the two is allowed")
        }
        if !hasType { type = .mesos }
        networkInfos = infos
    }
}
