import ArgumentParser
import MesosMessages
import SwiftProtobuf

/// `agora debug`
struct DebugCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "debug",
        abstract: "Enter a container with tools from another image.",
        discussion: """
            For containers that have no shell of their own: the image's files, and the container's processes, network and \
            cgroup. The container's own files are at /proc/2/root, its sandbox is at /mnt/mesos/sandbox. Without a command \
            the image's own is run. It ends when this command does.

            EXAMPLE
              agora debug web --image busybox -it
              agora debug web --image busybox -- ps
            """
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var streams: SessionOptions
    @Option(help: "The image that brings the tools.")
    var image: String
    @Argument(help: "Task, pod, or with --agent the id of a container.", completion: TaskName.activeCompletion)
    var name: String
    @Argument(parsing: .postTerminator, help: "The program and its arguments, after --; otherwise the image's.")
    var command: [String] = []

    func run() async throws {
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let found = try await target.find(name, connection)
                let info = Mesos_V1_CommandInfo.with {
                    $0.shell = false
                    if let program = command.first { $0.value = program }
                    $0.arguments = command
                    if let user = streams.user { $0.user = user }
                }
                try await streams.run(command.isEmpty && streams.user == nil ? nil : info, image: image, in: found, connection)
            }
        }
    }
}
