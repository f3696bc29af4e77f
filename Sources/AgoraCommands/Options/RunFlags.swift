import ArgumentParser
import Cluster
import Foundation
import MesosMessages
import SwiftProtobuf

/// The flags of `agora run` that describe one container, named as those of `docker run`.
struct RunFlags: ParsableArguments {
    @Option(help: ArgumentHelp("The image: busybox, host:5000/team/tool:1.2, oci:/folder, docker-archive:/file.tar.", valueName: "ref"))
    var image: String?
    @Option(help: ArgumentHelp("When to ask the registry: missing or always.", valueName: "when"))
    var pull: PullPolicy?
    @Option(help: ArgumentHelp("A program to run instead of the image's entrypoint.", valueName: "program"))
    var entrypoint: String?
    @Option(help: "A name for the task; made from the image or the program otherwise.")
    var name: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("A variable; a name alone takes this shell's value.", valueName: "name=value"))
    var env: [String] = []
    @Option(help: ArgumentHelp("A file of variables, one NAME=VALUE a line.", valueName: "file"))
    var envFile: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("A path of the machine, and where the container sees it.", valueName: "src:dst[:ro]"))
    var volume: [String] = []
    @Option(
        help: ArgumentHelp(
            "A file system in memory, and how large it may become, as /tmp:size=64m; without a size half of the machine's memory.",
            valueName: "path[:size=bytes]"
        )
    )
    var tmpfs: [String] = []
    @Option(
        help: ArgumentHelp(
            "A file to bring into the sandbox, unpacked if it is an archive: http(s)://…, or a path there.",
            valueName: "uri"
        )
    )
    var uri: [String] = []
    @Option(help: ArgumentHelp("Processors.", valueName: "number"))
    var cpus: String?
    @Option(help: ArgumentHelp("GPUs that belong to the container alone.", valueName: "number"))
    var gpus: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("Memory, beyond which the kernel ends it: 64m, 1g.", valueName: "bytes"))
    var memory: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("As whom to run: name, uid or uid:gid.", valueName: "user"))
    var user: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("Where to start.", valueName: "folder"))
    var workdir: String?
    @Option(help: "The container's host name.")
    var hostname: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("A label on the task.", valueName: "key=value"))
    var label: [String] = []
    @Option(help: ArgumentHelp("Run only where an agent's attribute (or hostname) is this.", valueName: "key=value"))
    var nodeSelector: [String] = []
    @Option(help: ArgumentHelp("Time between SIGTERM and SIGKILL.", valueName: "duration"))
    var stopTimeout: DurationArgument?
    @Flag(help: "Take the words after -- as one line for /bin/sh.")
    var shell = false
    @OptionGroup(title: "Isolation") var confinement: ConfinementFlags

    enum PullPolicy: String, ExpressibleByArgument, CaseIterable {
        case missing
        case always
    }

    /// A flag that was given, if one was.
    var firstUsed: String? {
        let texts = [
            ("--image", image), ("--entrypoint", entrypoint), ("--name", name), ("--cpus", cpus), ("--gpus", gpus),
            ("--memory", memory),
            ("--user", user), ("--workdir", workdir), ("--hostname", hostname),
        ]
        if let used = texts.first(where: { $0.1 != nil }) { return used.0 }
        let lists = [
            ("--env", env), ("--env-file", envFile), ("--volume", volume), ("--tmpfs", tmpfs), ("--uri", uri), ("--label", label),
            ("--node-selector", nodeSelector),
        ]
        if let used = lists.first(where: { !$0.1.isEmpty }) { return used.0 }
        if pull != nil { return "--pull" }
        if stopTimeout != nil { return "--stop-timeout" }
        return shell ? "--shell" : confinement.firstUsed
    }
}

extension RunFlags {
    /// A single task that does what the flags say.
    ///
    /// - Parameter environment: of this shell, for `-e NAME`.
    func launch(command: [String], environment: [String: String]) throws(PodFileError) -> PodLaunch {
        if image == nil, let used = pull == nil ? entrypoint.map({ _ in "--entrypoint" }) : "--pull" {
            throw PodFileError(used, "needs --image")
        }
        guard image != nil || !command.isEmpty else { throw PodFileError("", "there is no command after --") }
        let name = try taskName(command)
        var task = Mesos_V1_TaskInfo()
        task.name = name
        let needs = try needs()
        task.resources = needs.resources
        let line = try line(command, environment)
        task.command = line.message
        if shell { try useShell(command, in: &task) }
        task.command.uris = uri.map { value in .with { $0.value = value } }
        task.labels.labels =
            line.labels
            + (try RunFlagText.pairs(label, flag: "--label").map { pair in
                .with { ($0.key, $0.value) = (pair.name, pair.value) }
            }) + (try tmpfs.map(RunFlagText.memoryVolume))
        try fillContainer(of: &task)
        try confinement.confinement(hasImage: image != nil).apply(to: &task)
        if let stopTimeout { task.killPolicy.gracePeriod.nanoseconds = stopTimeout.nanoseconds }
        let selector = NodeSelector(
            attributes: Dictionary(try RunFlagText.pairs(nodeSelector, flag: "--node-selector").map { ($0.name, $0.value) }) { $1 }
        )
        return PodLaunch(name: name, executor: nil, tasks: [task], selector: selector)
    }

    private func needs() throws(PodFileError) -> TaskNeeds {
        var needs = TaskNeeds.usual
        if let cpus { needs.cpus = try RunFlagText.cpus(cpus) }
        if let gpus { needs.gpus = try RunFlagText.gpus(gpus) }
        if let memory { needs.memory = try RunFlagText.mebibytes(memory) }
        return needs
    }

    private func line(_ command: [String], _ environment: [String: String]) throws(PodFileError) -> TaskCommand {
        // Without an image there is no entrypoint: the words are the command itself.
        let replaced = entrypoint.map { [$0] } ?? []
        let variables = try RunFlagText.variables(files: envFile, values: env, environment: environment)
        for text in command + [entrypoint ?? "", user ?? "", workdir ?? ""] where text.contains("\0") {
            throw PodFileError("", "a flag contains the character NUL, which no program can receive")
        }
        return TaskCommand(
            command: image == nil ? command : replaced,
            arguments: image == nil ? [] : command,
            environment: variables,
            user: user,
            workingDirectory: workdir
        )
    }

    private func useShell(_ command: [String], in task: inout Mesos_V1_TaskInfo) throws(PodFileError) {
        guard entrypoint == nil else { throw PodFileError("--shell", "cannot be used with --entrypoint") }
        guard !command.isEmpty else { throw PodFileError("--shell", "needs a line after --") }
        task.command.shell = true
        task.command.value = command.joined(separator: " ")
        task.command.arguments = []
    }

    private func fillContainer(of task: inout Mesos_V1_TaskInfo) throws(PodFileError) {
        var container = Mesos_V1_ContainerInfo.with { $0.type = .mesos }
        if let image {
            let reference = try PodImage.checked(image, at: "--image")
            container.mesos.image = PodImage(reference: reference, isCached: pull != .always).message
        }
        if let hostname { container.hostname = hostname }
        let folder = FileManager.default.currentDirectoryPath
        for text in volume { container.volumes.append(try RunFlagText.volume(text, currentFolder: folder).message) }
        if container.hasMesos || container.hasHostname || !container.volumes.isEmpty { task.container = container }
    }

    /// `--name`, or the last word of the image or program.
    private func taskName(_ command: [String]) throws(PodFileError) -> String {
        if let name {
            guard name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ PodNames.isLabel($0) }), name.count <= 100
            else {
                throw PodFileError("--name", "\"\(name.clipped)\" must be small letters, digits, \"-\" and \".\", at most 100 in all")
            }
            return name
        }
        let source = image ?? command.first ?? ""
        let word = source.split(separator: "/").last?.split { ":@".contains($0) }.first ?? ""
        let letters = word.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let text = String(letters.prefix(40)).split(separator: "-").joined(separator: "-")
        return PodNames.isLabel(text) ? text : "task"
    }
}
