import ArgumentParser
import Foundation
import MesosMessages
import SwiftProtobuf

/// `agora exec`
struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a command in a running container.",
        discussion: """
            The command sees the container's files, processes, network and variables, and starts in its working directory. \
            It ends when this command does. The exit status is the command's; 128 and the number of the signal that ended it; \
            125 if nobody knows how it ended.

            EXAMPLE
              agora exec web -- ls -l
              agora exec -it web -- sh
              tar c . | agora exec -i web -- tar x
              agora exec -it --agent 127.0.0.1:5051 top.a -- sh
            """
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var streams: SessionOptions
    @Argument(help: "Task, pod, or with --agent the id of a container.", completion: TaskName.activeCompletion)
    var name: String
    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments.")
    var command: [String]

    func run() async throws {
        let words = command.first == "--" ? Array(command.dropFirst()) : command
        guard let program = words.first else { throw ValidationError("Say what to run: agora exec \(name.clipped) -- COMMAND …") }
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let found = try await target.find(name, connection)
                let command = Mesos_V1_CommandInfo.with {
                    $0.shell = false
                    $0.value = program
                    $0.arguments = words
                    if let user = streams.user { $0.user = user }
                }
                try await streams.run(command, image: nil, in: found, connection)
            }
        }
    }
}
