import Agent
import ArgumentParser
import Containers
import Foundation
import LinuxKernel
import Seccomp

/// What an agent keeps the programs of all its containers from; the names are those of Mesos where it has the flag.
struct IsolationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where profiles of system calls stand, in Docker's form.", valueName: "folder"))
    var seccompConfigDir: String?
    @Option(
        help: ArgumentHelp(
            "The profile of containers that choose none; otherwise Agora's own, for those with an image.",
            valueName: "file name"
        )
    )
    var defaultSeccompProfileName: String?
    @Option(help: ArgumentHelp("What the commands of containers have that do not say: CHOWN,KILL, or Mesos's JSON.", valueName: "list"))
    var effectiveCapabilities: CapabilityArgument?
    @Option(help: ArgumentHelp("What no container can have more than.", valueName: "list"))
    var boundingCapabilities: CapabilityArgument?
    @Option(
        help: ArgumentHelp("Devices that every container with an image has: /dev/fuse,/dev/kvm, or Mesos's JSON.", valueName: "list")
    )
    var allowedDevices: DevicesArgument?
    @Option(help: ArgumentHelp("Devices that tasks may ask for; * at the end stands for any letters: /dev/dri/*.", valueName: "list"))
    var requestableDevices: String?

    @Option(
        help: ArgumentHelp(
            "The devices of GPUs that the agent offers, one for each: /dev/nvidia0,/dev/nvidia1; auto, all that /dev shows; none. Only "
                + "frameworks that can use GPUs get offers of an agent that has some.",
            valueName: "list"
        )
    )
    var gpuDevices = "none"
    @Option(
        help: ArgumentHelp(
            "Which containers with an image run in user namespaces, where root is nobody on the machine: auto, those in networks of their "
                + "own as far as nothing keeps them from it; always; never.",
            valueName: "when"
        )
    )
    var userNamespaces = UserMappingArgument.auto
    @Option(help: ArgumentHelp("The first of the ids that user namespaces get, 65536 each.", valueName: "id"))
    var userNamespaceFirstId: UInt32 = 524_288

    @Flag(help: "The share of the processors is also the most that a container may use.")
    var cgroupsEnableCfs = false
    @Option(
        help: ArgumentHelp(
            "What a container may use beyond its limit on processors after it used less, in percent of the limit.",
            valueName: "percent"
        )
    )
    var cgroupsCpuBurst: Int64 = 0
    @Flag(help: "A container with a limit on memory cannot swap.")
    var cgroupsLimitSwap = false
    @Option(
        help: ArgumentHelp(
            "How many processes and threads a container may have, with all inside it, if it does not say.",
            valueName: "number"
        )
    )
    var pidsLimit: Int64?

    @Flag(
        help: ArgumentHelp(
            "Keep containers to their disk resource. Where the file system counts, it refuses what is beyond; a container that has more is "
                + "ended."
        )
    )
    var enforceContainerDiskQuota = false
    @Option(
        help: ArgumentHelp(
            "How it is known what containers have on the disk: project, by the project quotas of the file system; measured, by going "
                + "through their files; auto, by project quotas where there are any.",
            valueName: "how"
        )
    )
    var containerDiskAccounting = DiskAccountingArgument.auto
    @Option(
        help: ArgumentHelp("The projects of the file system that containers may get; nobody else may use them there.", valueName: "range")
    )
    var containerDiskProjects = ProjectRangeArgument(range: 5000...10_000)
    @Option(help: ArgumentHelp("The pause between two rounds of looking what containers have on the disk.", valueName: "duration"))
    var containerDiskWatchInterval = DurationArgument(.seconds(15))

    func validate() throws {
        guard (65_536...2_000_000_000).contains(userNamespaceFirstId) else {
            throw ValidationError("--user-namespace-first-id must be from 65536 to 2000000000.")
        }
        guard containerDiskWatchInterval.duration > .zero else {
            throw ValidationError("--container-disk-watch-interval must be above zero, as 15s.")
        }
        guard (0...100).contains(cgroupsCpuBurst) else { throw ValidationError("--cgroups-cpu-burst must be from 0 to 100.") }
        if let pidsLimit, pidsLimit < 1 { throw ValidationError("--pids-limit must be at least 1.") }
        if let effective = effectiveCapabilities, let bounding = boundingCapabilities, !effective.set.isSubset(of: bounding.set) {
            throw ValidationError("--effective-capabilities must all be among --bounding-capabilities.")
        }
        if let folder = seccompConfigDir, !folder.hasPrefix("/") { throw ValidationError("--seccomp-config-dir must be absolute.") }
        guard defaultSeccompProfileName == nil || seccompConfigDir != nil else {
            throw ValidationError("--default-seccomp-profile-name needs --seccomp-config-dir.")
        }
        for path in gpus.devices where !path.hasPrefix("/dev/") || path.contains("..") {
            throw ValidationError("--gpu-devices must be paths below /dev, auto or none, has \"\(path)\".")
        }
        guard Set(gpus.devices).count == gpus.devices.count else { throw ValidationError("--gpu-devices names a device twice.") }
        for path in requestable where !path.hasPrefix("/dev/") {
            throw ValidationError("--requestable-devices must be paths below /dev, has \"\(path)\".")
        }
    }

    private var gpus: GPUDevices {
        switch gpuDevices {
        case "none": GPUDevices()
        case "auto": .found()
        default: GPUDevices(gpuDevices.split(separator: ",").map(String.init), companions: GPUDevices.companions())
        }
    }

    private var requestable: [String] { requestableDevices?.split(separator: ",").map(String.init) ?? [] }

    /// - Throws: what is wrong with the profiles of system calls.
    func apply(to configuration: inout AgentConfiguration) throws {
        var isFolder: ObjCBool = false
        if let folder = seccompConfigDir, !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) || !isFolder.boolValue {
            throw ValidationError("--seccomp-config-dir: there is no folder \"\(folder.clipped)\"; make it, or leave the flag out.")
        }
        configuration.confinement.seccomp = try SeccompProfiles(folder: seccompConfigDir, defaultName: defaultSeccompProfileName)
        configuration.confinement.effectiveCapabilities = effectiveCapabilities?.set
        configuration.confinement.boundingCapabilities = boundingCapabilities?.set
        configuration.confinement.devices = allowedDevices?.paths.map { DeviceRequest($0) } ?? []
        configuration.confinement.gpus = gpus
        configuration.confinement.userMapping = userNamespaces.mapping
        configuration.confinement.firstUserID = userNamespaceFirstId
        configuration.confinement.requestableDevices = requestable
        configuration.diskAccounting = containerDiskAccounting.accounting
        configuration.diskProjects = containerDiskProjects.range
        configuration.diskWatchInterval = containerDiskWatchInterval.duration
        configuration.enforcesDiskLimits = enforceContainerDiskQuota
        configuration.limits.enforcesShares = cgroupsEnableCfs
        configuration.limits.burstPercent = cgroupsCpuBurst
        configuration.limits.forbidsSwap = cgroupsLimitSwap
        configuration.limits.pids = pidsLimit
    }
}

/// `--user-namespaces`
enum UserMappingArgument: String, ExpressibleByArgument, CaseIterable {
    case auto
    case always
    case never

    var mapping: UserMapping {
        switch self {
        case .auto: .auto
        case .always: .always
        case .never: .never
        }
    }
}

/// Capabilities by their names, or as Mesos's `CapabilityInfo` in JSON.
struct CapabilityArgument: ExpressibleByArgument {
    let set: CapabilitySet

    init?(argument: String) {
        guard let names = Self.names(argument) else { return nil }
        let known = names.compactMap { Capability(named: $0) }
        guard known.count == names.count else { return nil }
        set = CapabilitySet(known)
    }

    private struct Document: Decodable {
        var capabilities: [String]
    }

    private static func names(_ text: String) -> [String]? {
        guard text.hasPrefix("{") else { return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
        return try? JSONDecoder().decode(Document.self, from: Data(text.utf8)).capabilities
    }
}

/// Devices by their paths, or as Mesos's `DeviceWhitelist` in JSON.
struct DevicesArgument: ExpressibleByArgument {
    let paths: [String]

    init?(argument: String) {
        guard let paths = Self.paths(argument), paths.allSatisfy({ $0.hasPrefix("/dev/") && !$0.contains("..") }) else { return nil }
        self.paths = paths
    }

    private struct Document: Decodable {
        struct Entry: Decodable {
            struct Device: Decodable {
                var path: String
            }

            var device: Device
        }

        var devices: [Entry]

        enum CodingKeys: String, CodingKey {
            case devices = "allowed_devices"
        }
    }

    private static func paths(_ text: String) -> [String]? {
        guard text.hasPrefix("{") else { return text.split(separator: ",").map(String.init) }
        return try? JSONDecoder().decode(Document.self, from: Data(text.utf8)).devices.map(\.device.path)
    }
}
