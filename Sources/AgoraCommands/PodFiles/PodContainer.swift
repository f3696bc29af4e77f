import Cluster
import MesosMessages
import SwiftProtobuf

/// One of `spec.containers`.
struct PodContainer {
    let name: String
    let mounts: [PodMount]
    /// Whether the file says what it needs, so that it gets a cgroup of its own.
    let hasOwnNeeds: Bool
    private let image: PodImage?
    private let command: [String]
    private let arguments: [String]
    private let workingDirectory: String?
    private let environment: [(name: String, value: String)]
    private let needs: TaskNeeds
    private let user: String?
    /// What its ports ask of the network.
    let network: PodNetworkNeeds
    private let confinement: TaskConfinement
    private let ports: [Mesos_V1_Port]
    private let probe: PodProbe?
    private let hasInput: Bool
    private let hasTerminal: Bool

    init(_ value: ManifestValue, volumes: PodVolumes, defaults: PodSecurity) throws(PodFileError) {
        var fields = try ManifestFields(value)
        name = try PodNames.label(try fields.require("name"))
        image = try PodImage(fields.take("image"), policy: fields.take("imagePullPolicy"))
        command = try fields.take("command")?.texts() ?? []
        arguments = try fields.take("args")?.texts() ?? []
        workingDirectory = try fields.take("workingDir")?.nonEmptyText()
        environment = try PodEnvironment.variables(fields.take("env"))
        let resources = fields.take("resources")
        hasOwnNeeds = resources.map { !$0.saysNothing } ?? false
        needs = try PodResources.needs(resources)
        mounts = try volumes.mounts(fields.take("volumeMounts"))
        let wanted = try PodPorts(fields.take("ports"))
        (ports, network) = (wanted.ports, wanted.network)
        let security = try PodSecurity(fields.take("securityContext"), of: .container)
        user = try security.user(over: defaults)
        confinement = try security.confinement(over: defaults, hasImage: image != nil)
        if let liveness = fields.take("livenessProbe"), !liveness.saysNothing {
            probe = try PodProbe(liveness, ports: ports)
        } else {
            probe = nil
        }
        hasInput = try fields.take("stdin")?.truth() ?? false
        hasTerminal = try fields.take("tty")?.truth() ?? false
        try fields.finish(unsupported: Self.unsupported)
        guard image != nil || !command.isEmpty else {
            throw value.error(
                arguments.isEmpty
                    ? "has neither image nor command: without an image it sees the machine's own files, and command says what to run"
                    : "has args but neither image nor command; without an image write the whole line as command"
            )
        }
    }

    /// Fields that Kubernetes has.
    private static let unsupported = [
        "envFrom": "config maps and secrets are", "lifecycle": "lifecycle hooks are",
        "readinessProbe": "readiness probes are", "resizePolicy": "resizing is", "restartPolicy": "restarting is",
        "restartPolicyRules": "restarting is", "startupProbe": "startup probes are",
        "stdinOnce": "inputs for one client only are", "terminationMessagePath": "termination messages are",
        "terminationMessagePolicy": "termination messages are", "volumeDevices": "block devices are",
    ]

    /// The task, without ids.
    var task: Mesos_V1_TaskInfo {
        .with { task in
            task.name = name
            task.resources = needs.resources
            task.limits = needs.limits
            task.command = line.message
            task.container = .with { container in
                container.type = .mesos
                container.volumes = mounts.map(\.message)
                if let image { container.mesos.image = image.message }
            }
            task.labels.labels = line.labels
            confinement.apply(to: &task)
            if hasTerminal { task.giveTerminal() }
            if hasInput { task.keepInput() }
            if let probe { task.healthCheck = probe.message }
            guard !ports.isEmpty else { return }
            task.discovery.visibility = .cluster
            task.discovery.name = name
            task.discovery.ports.ports = ports
        }
    }
    /// `$(NAME)` in the command and its arguments stands for a variable of `env`, as in Kubernetes.
    private var line: TaskCommand {
        let known = Dictionary(environment.map { ($0.name, $0.value) }) { _, last in last }
        return TaskCommand(
            command: command.map { PodEnvironment.expand($0, known) },
            arguments: arguments.map { PodEnvironment.expand($0, known) },
            environment: environment,
            user: user,
            workingDirectory: workingDirectory
        )
    }
}
