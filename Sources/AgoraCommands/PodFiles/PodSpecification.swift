import Cluster
import MesosMessages
import SwiftProtobuf

/// `spec` of a Pod.
struct PodSpecification {
    private(set) var containers: [PodContainer] = []
    private(set) var selector = NodeSelector()
    private(set) var notes: [String] = []
    private(set) var network = PodNetworkNeeds()
    private var grace: Int64?
    private var deadline: Int64?
    private var sharesProcesses = false
    private var hostname: String?
    private let volumeLabels: [Mesos_V1_Label]

    init(_ value: ManifestValue) throws(PodFileError) {
        var fields = try ManifestFields(value)
        let volumes = try PodVolumes(fields.take("volumes"))
        volumeLabels = volumes.executorLabels
        let security = try PodSecurity(fields.take("securityContext"), of: .pod)
        let list = try fields.require("containers")
        for item in try list.list(atMost: PodFileLimits.containers) {
            let container = try PodContainer(item, volumes: volumes, defaults: security)
            guard !containers.contains(where: { $0.name == container.name }) else {
                throw item.error("there are two containers named \"\(container.name)\"; names must differ")
            }
            containers.append(container)
        }
        guard !containers.isEmpty else { throw list.error("must have at least one container") }
        for container in containers {
            network.ports += container.network.ports
            network.reasonAgainstMachine = network.reasonAgainstMachine ?? container.network.reasonAgainstMachine
        }
        try readRunning(&fields)
        try readPlace(&fields)
        try fields.finish(unsupported: Self.unsupported)
        try volumes.checkUse(by: containers)
    }

    private mutating func readRunning(_ fields: inout ManifestFields) throws(PodFileError) {
        if let policy = fields.take("restartPolicy") {
            let text = try policy.text()
            guard text == "Never" else {
                throw policy.error("\"\(text.clipped)\" is not supported yet: write Never; nothing is restarted")
            }
        } else {
            notes.append("spec.restartPolicy is not given: taken as Never, since nothing is restarted")
        }
        grace = try fields.take("terminationGracePeriodSeconds")?.integer(in: 0...31_536_000)
        deadline = try fields.take("activeDeadlineSeconds")?.integer(in: 1...31_536_000)
        sharesProcesses = try fields.take("shareProcessNamespace")?.truth() ?? false
    }

    private mutating func readPlace(_ fields: inout ManifestFields) throws(PodFileError) {
        if let isHost = fields.take("hostNetwork") {
            if try isHost.truth() {
                network.reasonAgainstOthers = isHost.error("is true, and --network names another network; one of the two is allowed")
            } else {
                network.reasonAgainstMachine = isHost.error(
                    "is false: name the pod's network (agora run --network NAME), or leave the field out"
                )
            }
        }
        if let policy = fields.take("dnsPolicy") {
            let text = try policy.text()
            guard text == "Default" || text == "ClusterFirst" else {
                throw policy.error("\"\(text.clipped)\" is not supported yet: leave it out; names are resolved as on the machine")
            }
            if text == "ClusterFirst" { notes.append("spec.dnsPolicy: there is no cluster DNS; names are resolved as on the machine") }
        }
        if let name = fields.take("hostname") { hostname = try PodNames.label(name) }
        for (name, text) in try fields.take("nodeSelector")?.textMap() ?? [] { selector.attributes[name] = text }
        if let node = fields.take("nodeName") { selector.attributes["hostname"] = try node.nonEmptyText() }
    }

    /// Fields that Kubernetes has.
    private static let unsupported = [
        "affinity": "affinity is", "automountServiceAccountToken": "service accounts are", "dnsConfig": "DNS settings are",
        "enableServiceLinks": "service links are", "ephemeralContainers": "ephemeral containers are", "hostAliases": "host aliases are",
        "hostIPC": "the host's IPC namespace is", "hostPID": "the host's process namespace is", "hostUsers": "user namespaces are",
        "hostnameOverride": "a host name override is", "imagePullSecrets": "registry credentials are",
        "initContainers": "init containers are",
        "os": "a choice of operating system is", "overhead": "overhead is", "preemptionPolicy": "preemption is",
        "priority": "priorities are",
        "priorityClassName": "priorities are", "readinessGates": "readiness gates are", "resourceClaims": "resource claims are",
        "resources": "resources of the whole pod are", "runtimeClassName": "runtime classes are", "schedulerName": "other schedulers are",
        "schedulingGates": "scheduling gates are", "serviceAccount": "service accounts are", "serviceAccountName": "service accounts are",
        "setHostnameAsFQDN": "a full host name is", "subdomain": "subdomains are", "tolerations": "tolerations are",
        "topologySpreadConstraints": "topology spread is", "workloadRef": "workloads are",
    ]
}

extension PodSpecification {
    /// The executor that holds the containers together; it owns the volumes that they share.
    func executor(name: String) -> Mesos_V1_ExecutorInfo {
        .with { executor in
            executor.type = .default
            executor.name = name
            executor.executorID.value = ""
            executor.resources = TaskNeeds.executor.resources
            if !volumeLabels.isEmpty { executor.labels.labels = volumeLabels }
            guard let hostname else { return }
            executor.container = .with {
                $0.type = .mesos
                $0.hostname = hostname
            }
        }
    }

    /// A task for each container.
    func tasks(labels: [(name: String, value: String)]) throws(PodFileError) -> [Mesos_V1_TaskInfo] {
        // Mesos wants the same choice of all tasks below one executor.
        let sharesCgroup = !containers.contains { $0.hasOwnNeeds }
        return containers.map { container in
            var task = container.task
            task.container.linuxInfo.shareCgroups = sharesCgroup
            if sharesProcesses { task.container.linuxInfo.sharePidNamespace = true }
            if let hostname { task.container.hostname = hostname }
            if let grace { task.killPolicy.gracePeriod.nanoseconds = grace * 1_000_000_000 }
            if let deadline { task.maxCompletionTime.nanoseconds = deadline * 1_000_000_000 }
            for label in labels { task.labels.labels.append(.with { ($0.key, $0.value) = (label.name, label.value) }) }
            return task
        }
    }
}
