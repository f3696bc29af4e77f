import Agent
import ArgumentParser
import Containers
import LinuxKernel
import MesosMessages
import Testing

@testable import AgoraCommands

/// What `agora run`, Pod manifests and agents say about isolation.
struct ConfinementFlagsTests {
    private func task(_ arguments: [String]) throws -> Mesos_V1_TaskInfo {
        let command = try #require(try RunCommand.parse(arguments) as RunCommand?)
        return try #require(try command.flags.launch(command: command.command, environment: [:]).tasks.first)
    }

    private func pod(_ context: String, image: String = "image: a") throws -> Mesos_V1_TaskInfo {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              restartPolicy: Never
              securityContext: {seccompProfile: {type: Unconfined}}
              containers: [{name: c, \(image), command: [x], securityContext: {\(context)}}]
            """
        return try #require(try PodFile.parse(text, fileName: "p.yaml").tasks.first)
    }

    @Test func flagsBecomeFieldsAndLabels() throws {
        let task = try task([
            "--image", "a", "--cap-add", "NET_RAW", "--cap-drop", "cap_kill", "--security-opt", "seccomp=mine", "--read-only",
            "--shm-size", "2m", "--device", "/dev/fuse", "--ulimit", "nofile=1:2", "--ulimit", "core=unlimited", "--pids-limit", "9",
            "--cpuset-cpus", "0-3", "--blkio-weight", "200",
        ])
        let info = task.container.linuxInfo
        #expect(info.seccomp.profileName == "mine" && info.shmSize == 2)
        #expect(info.boundingCapabilities.capabilities.contains(.netRaw) && !info.boundingCapabilities.capabilities.contains(.kill))
        #expect(info.boundingCapabilities.capabilities.count == 12)
        #expect(task.container.rlimitInfo.rlimits.map(\.type) == [.rlmtNofile, .rlmtCore])
        #expect(task.container.rlimitInfo.rlimits.map(\.hasSoft) == [true, false])
        #expect(
            task.labels.labels.map { "\($0.key)=\($0.value)" } == [
                "agora.device=/dev/fuse", "agora.pids_limit=9", "agora.cpuset_cpus=0-3", "agora.io_weight=200", "agora.read_only_root=true",
            ]
        )
    }

    @Test(arguments: [
        (["--cap-add", "ALL"], 41), (["--cap-drop", "ALL"], 0), (["--cap-drop", "all", "--cap-add", "CHOWN"], 1),
        (["--cap-add", "ALL", "--cap-drop", "SYS_ADMIN"], 40),
    ])
    func allStandsForAll(flags: [String], count: Int) throws {
        let task = try task(["--image", "a"] + flags)
        #expect(task.container.linuxInfo.hasBoundingCapabilities)
        #expect(task.container.linuxInfo.boundingCapabilities.capabilities.count == count)
    }

    @Test(arguments: [
        (["--cap-add", "FLY"], "--cap-add, --cap-drop: \"FLY\" is no capability"), (["--security-opt", "apparmor=x"], "--security-opt"),
        (["--security-opt", "seccomp=/etc/x"], "without a path"), (["--ulimit", "files=1"], "--ulimit"),
        (["--ulimit", "nofile=2:1"], "--ulimit"),
        (["--ulimit", "nofile=1:2:3"], "--ulimit"), (["--ulimit", "nofile="], "--ulimit"), (["--shm-size", "1k"], "--shm-size"),
        (["--pids-limit", "0"], "--pids-limit"), (["--blkio-weight", "5"], "--blkio-weight"), (["--cpuset-cpus", "a"], "--cpuset-cpus"),
    ])
    func brokenFlagsAreRefused(flags: [String], expected: String) throws {
        let error = #expect(throws: PodFileError.self) { try task(["--image", "a"] + flags) }
        #expect(error?.description.contains(expected) == true)
    }

    @Test(arguments: [["--read-only"], ["--device", "/dev/fuse"]])
    func someNeedAnImage(flags: [String]) throws {
        #expect(throws: PodFileError.self) { try task(flags + ["--", "x"]) }
    }

    @Test func securityContextsOfPods() throws {
        let plain = try pod("")
        #expect(plain.container.linuxInfo.seccomp.unconfined)
        let usual = try pod(
            "seccompProfile: {type: RuntimeDefault}, allowPrivilegeEscalation: false, privileged: false, procMount: Default"
        )
        #expect(!usual.container.linuxInfo.hasSeccomp)
        let task = try pod(
            "seccompProfile: {type: Localhost, localhostProfile: mine.json}, readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 5, "
                + "capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}"
        )
        #expect(task.container.linuxInfo.seccomp.profileName == "mine.json" && task.command.user == "5")
        #expect(task.container.linuxInfo.boundingCapabilities.capabilities == [.netBindService])
        #expect(task.labels.labels.contains { $0.key == "agora.read_only_root" && $0.value == "true" })
    }

    @Test(arguments: [
        ("seccompProfile: {type: Localhost}", "seccompProfile.type"), ("seccompProfile: {type: x}", "seccompProfile.type"),
        ("seccompProfile: {}", "seccompProfile"), ("seccompProfile: {type: Localhost, localhostProfile: a/b}", "localhostProfile"),
        ("seccompProfile: {type: Unconfined, localhostProfile: a}", "localhostProfile"),
        ("capabilities: {add: [FLY]}", "capabilities: \"FLY\""), ("capabilities: {more: [x]}", "capabilities.more"),
        ("allowPrivilegeEscalation: true", "allowPrivilegeEscalation"), ("procMount: Unmasked", "procMount"),
        ("runAsNonRoot: true", "runAsNonRoot"),
        ("runAsNonRoot: true, runAsUser: 0", "runAsNonRoot"),
    ])
    func brokenSecurityContextsAreRefusedByTheField(context: String, expected: String) throws {
        let error = #expect(throws: PodFileError.self) { try pod(context) }
        #expect(
            error?.path.contains("securityContext") == true && error?.description.contains(expected) == true,
            "\(String(describing: error))"
        )
    }

    @Test func aReadOnlyRootNeedsAnImage() throws {
        #expect(throws: PodFileError.self) { try pod("readOnlyRootFilesystem: true", image: "workingDir: /") }
    }

    @Test(arguments: [
        ["--effective-capabilities", "FLY"], ["--effective-capabilities", "{"], ["--bounding-capabilities", #"{"capabilities": [1]}"#],
        ["--effective-capabilities", "KILL", "--bounding-capabilities", "CHOWN"], ["--seccomp-config-dir", "relative"],
        ["--default-seccomp-profile-name", "x"], ["--allowed-devices", "/etc/passwd"], ["--allowed-devices", "/dev/../etc"],
        ["--requestable-devices", "/etc/*"], ["--pids-limit", "0"], ["--container-disk-watch-interval", "0s"],
        ["--container-disk-accounting", "du"], ["--container-disk-projects", "5"], ["--container-disk-projects", "0-9"],
        ["--container-disk-projects", "9-8"], ["--container-disk-projects", "1-4294967295"], ["--container-disk-projects", "1-100001"],
        ["--user-namespaces", "sometimes"], ["--gpu-devices", "/etc/passwd"], ["--gpu-devices", "/dev/a,/dev/../b"],
        ["--gpu-devices", "/dev/a,/dev/a"], ["--gpu-devices", "nvidia0"], ["--cgroups-cpu-burst", "101"], ["--cgroups-cpu-burst", "-1"],
        ["--user-namespace-first-id", "0"], ["--user-namespace-first-id", "4294967295"],
    ])
    func brokenFlagsOfAgentsAreRefused(flags: [String]) {
        #expect(throws: (any Error).self) { try AgentCommand.parse(flags) }
    }

    @Test func gpusAreAskedForByThoseWhoNeedThem() throws {
        func framework(_ arguments: [String]) throws -> Mesos_V1_FrameworkInfo {
            let command = try #require(try RunCommand.parse(arguments) as RunCommand?)
            return PodRunOptions().framework(for: try command.flags.launch(command: command.command, environment: [:]))
        }
        #expect(try task(["--gpus", "2", "--", "true"]).resources.first { $0.name == "gpus" }?.scalar.value == 2)
        #expect(try framework(["--gpus", "1", "--", "true"]).capabilities.contains { $0.type == .gpuResources })
        #expect(try !framework(["--", "true"]).capabilities.contains { $0.type == .gpuResources })
        let pod = try pod("privileged: false", image: "image: a, resources: {limits: {nvidia.com/gpu: 1}}")
        #expect(pod.resources.first { $0.name == "gpus" }?.scalar.value == 1)
        for bad in ["0", "-1", "1.5", "all"] { #expect(throws: PodFileError.self) { try task(["--gpus=\(bad)", "--", "true"]) } }
    }

    @Test func gpusUserNamespacesAndBurstOfAgentsAreRead() throws {
        let flags = ["--gpu-devices", "/dev/nvidia1,/dev/nvidia0", "--user-namespaces", "never", "--cgroups-cpu-burst", "50"]
        var configuration = AgentConfiguration(masterAddress: "", workDirectory: "")
        try AgentCommand.parse(flags).isolation.apply(to: &configuration)
        #expect(configuration.confinement.gpus.devices == ["/dev/nvidia1", "/dev/nvidia0"])
        #expect(configuration.confinement.userMapping == .never && configuration.limits.burstPercent == 50)
        try AgentCommand.parse([]).isolation.apply(to: &configuration)
        #expect(configuration.confinement.gpus.devices.isEmpty && configuration.confinement.userMapping == .auto)
    }

    @Test(arguments: ["/no/such/folder", "/dev/null"]) func profilesOfAgentsNeedTheirFolder(folder: String) throws {
        var configuration = AgentConfiguration(masterAddress: "", workDirectory: "")
        let isolation = try AgentCommand.parse(["--seccomp-config-dir", folder]).isolation
        #expect(throws: (any Error).self) { try isolation.apply(to: &configuration) }
    }

    @Test(arguments: ["7000-7999", "[7000-7999]"]) func disksOfAgentsAreRead(projects: String) throws {
        let flags = ["--container-disk-accounting", "project", "--container-disk-projects", projects, "--enforce-container-disk-quota"]
        var configuration = AgentConfiguration(masterAddress: "", workDirectory: "")
        try AgentCommand.parse(flags).isolation.apply(to: &configuration)
        #expect(configuration.diskAccounting == .project && configuration.diskProjects == 7000...7999)
        #expect(configuration.enforcesDiskLimits)
        try AgentCommand.parse([]).isolation.apply(to: &configuration)
        #expect(configuration.diskAccounting == .auto && configuration.diskProjects == 5000...10_000)
    }

    @Test(arguments: ["KILL,CHOWN", "cap_kill, CHOWN", #"{"capabilities": ["KILL", "CHOWN"]}"#])
    func capabilitiesOfAgentsAreRead(text: String) throws {
        let command = try AgentCommand.parse(["--bounding-capabilities", text])
        #expect(command.isolation.boundingCapabilities?.set == CapabilitySet([.kill, .chown]))
    }

    @Test(arguments: [
        "/dev/fuse,/dev/kvm", #"{"allowed_devices": [{"device": {"path": "/dev/fuse"}, "access": {}}, {"device": {"path": "/dev/kvm"}}]}"#,
    ])
    func devicesOfAgentsAreRead(text: String) throws {
        #expect(try AgentCommand.parse(["--allowed-devices", text]).isolation.allowedDevices?.paths == ["/dev/fuse", "/dev/kvm"])
    }
}
