import AgentCore
import Cluster
import Containers
import CoreLoop
import Glibc
import HTTPService
import MesosAPI
import MesosMessages
import Networks

/// Where the agent's state can be seen while it runs.
struct AgentViews: Sendable {
    let loop: CoreLoop<AgentCore>
    let facts: AgentFacts

    /// The state as it stands; it disturbs the core in nothing.
    static func view(of views: Pending<AgentViews>) async throws(Refusal) -> AgentView {
        guard let views = await views.value else { throw Refusal(503, "the agent is ending") }
        return AgentView(core: await views.loop.snapshot(), facts: views.facts)
    }
}

/// What does not change while the agent runs.
struct AgentFacts: Sendable {
    let started: Timestamp
    let resources: Resources
    let core: AgentCoreConfiguration
    let flags: [(String, String)]

    init(_ configuration: AgentConfiguration, _ server: HTTPServer, _ ground: AgentGround) throws(AgentError) {
        let workDirectory = ground.workDirectory
        let former = ground.stored.description?.info
        started = SteadyClock().now
        var info = Mesos_V1_AgentInfo()
        do throws(ResourcesError) {
            resources = try HostResources(path: workDirectory.path, gpus: configuration.confinement.gpus.devices.count)
                .offered(beside: configuration.resources ?? .empty, like: former?.resources ?? [])
            info.attributes = try Mesos_V1_Attribute.parse(configuration.attributes)
        } catch {
            throw AgentError("cannot tell what this agent has: \(error)")
        }
        let gpus = (wanted: resources.scalar("gpus").thousandths, there: configuration.confinement.gpus.devices.count)
        guard gpus.wanted <= Int64(gpus.there) * 1000, gpus.wanted % 1000 == 0 else {
            throw AgentError(
                "the resources say gpus:\(resources.scalar("gpus")), of which there are \(gpus.there); name them by --gpu-devices"
            )
        }
        if let missing = configuration.confinement.gpus.devices.first(where: { access($0, F_OK) != 0 }) {
            throw AgentError("--gpu-devices: there is no device \(missing); containers that get it could not start")
        }
        let address = HostAddress.reachable(server.address)
        info.hostname = configuration.hostname ?? address
        info.port = Int32(clamping: server.port)
        info.resources = resources.messages
        if let domain = configuration.domain { info.domain = domain }
        // After a restart of the machine nothing runs that this agent would have to be the same for.
        if let former, ground.stored.description?.boot == ground.boot {
            if configuration.recovery == .cleanup {
                info = former  // It leaves as what it was, whatever the machine is now.
                info.port = Int32(clamping: server.port)
            } else {
                try Self.check(info, former, configuration, workDirectory)
            }
        }
        var core = AgentCoreConfiguration(
            info: info,
            version: AgentConfiguration.mesosVersion,
            address: address,
            workDirectory: workDirectory.path,
            boot: ground.boot
        )
        core.executors = try ExecutorOptions(configuration)
        core.endedTasks = configuration.endedTasks
        self.core = core
        flags = [
            ("attributes", configuration.attributes), ("hostname", info.hostname), ("ip", server.address),
            ("master", configuration.masterAddress), ("port", "\(server.port)"), ("resources", "\(resources)"),
            ("work_dir", workDirectory.path), ("recover", configuration.recovery.rawValue),
            ("reconfiguration_policy", configuration.reconfigurationPolicy?.rawValue ?? "any"),
            ("runtime_dir", configuration.runtimeDirectory ?? workDirectory.defaultRuntime),
            ("executor_registration_timeout", core.executors.registrationTimeout.mesosText),
            ("executor_reregistration_timeout", core.executors.reregistrationTimeout.mesosText),
            ("executor_shutdown_grace_period", core.executors.shutdownGrace.mesosText),
            ("authenticate_http_executors", "\(configuration.requiresExecutorTokens)"),
            ("network_cni_config_dir", configuration.networks.configurationDirectory),
            ("network_cni_plugins_dir", configuration.networks.pluginDirectories.joined(separator: ":")),
            ("http_executor_domain_sockets", "\(configuration.executorSocketPath != nil)"),
        ]
    }

    private static func check(
        _ info: Mesos_V1_AgentInfo,
        _ former: Mesos_V1_AgentInfo,
        _ configuration: AgentConfiguration,
        _ workDirectory: WorkDirectory
    ) throws(AgentError) {
        guard let policy = configuration.reconfigurationPolicy else { return }
        let differences = policy.differences(from: former, to: info)
        guard !differences.isEmpty else { return }
        let advice = policy == .equal ? "with --reconfiguration-policy additive, which lets it have more than before, " : ""
        throw AgentError(
            """
            the agent of \(workDirectory.path) cannot go on under --reconfiguration-policy \(policy.rawValue), since it describes itself \
            differently: \(differences.joined(separator: "; ")). Start it as it was, \(advice)or as a new agent: end it with --recover \
            cleanup, then remove \(workDirectory.path)/meta
            """
        )
    }

    /// As "ADDRESS:PORT".
    var endpoint: String { "\(core.address):\(core.info.port)" }

    /// `/flags`.
    var flagsJSON: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.object("flags") { writer in
                for (name, value) in flags { writer.field(name, value) }
            }
        }
        return writer.bytes
    }

    /// The keys of `/version`; what is not known of the build is empty.
    static func version(_ writer: inout JSONWriter) {
        writer.field("version", AgentConfiguration.mesosVersion)
        writer.field("agora_version", AgentConfiguration.agoraVersion)
        writer.field("build_date", "")
        writer.field("build_time", 0.0)
        writer.field("build_user", "")
        writer.field("git_branch", "")
        writer.field("git_sha", "")
    }
}

extension ExecutorOptions {
    fileprivate init(_ configuration: AgentConfiguration) throws(AgentError) {
        self.init()
        registrationTimeout = configuration.executorRegistrationTimeout
        reregistrationTimeout = configuration.executorReregistrationTimeout
        shutdownGrace = configuration.executorShutdownGrace
        socketPath = configuration.executorSocketPath
        guard registrationTimeout > .zero, reregistrationTimeout > .zero, shutdownGrace >= .zero else {
            throw AgentError("the times that executors have must be above 0")
        }
        guard reregistrationTimeout <= Self.maximumReregistrationTimeout else {
            throw AgentError("the time that executors have to come back is \(reregistrationTimeout.mesosText); 15secs are allowed")
        }
    }
}
