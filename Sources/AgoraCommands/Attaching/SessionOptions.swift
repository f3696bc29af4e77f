import ArgumentParser
import Foundation
import MesosMessages
import SwiftProtobuf

/// How a command runs beside those of a container.
struct SessionOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Pass standard input on; otherwise the command has none.")
    var interactive = false
    @Flag(name: .shortAndLong, help: "Give the command a terminal.")
    var tty = false
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Run it as this user; otherwise as the container's.", valueName: "name|uid[:group|gid]")
    )
    var user: String?

    /// Runs it, and ends this command with its status.
    func run(
        _ command: Mesos_V1_CommandInfo?,
        image: String?,
        in target: ContainerTarget,
        _ connection: Connection
    ) async throws {
        if tty, interactive, isatty(0) != 1 { throw ValidationError("-t: standard input is no terminal; leave -t out to pipe") }
        let client = AttachClient(connection: connection, agent: target.agent)
        let id = target.container.child("exec-\(UUID().uuidString.lowercased())")
        let output = try await client.launchSession(session(id, command, image))
        let attachment = Attachment(client: client, container: id, input: interactive ? .standard : .none, isTerminal: tty)
        _ = try await attachment.run(output)
        let status = try await client.status(of: id)
        try? await client.remove(id)
        guard let status else { throw ExitStatus.couldNotRun }
        try ExitStatus.pass(on: status)
    }

    private func session(
        _ id: Mesos_V1_ContainerID,
        _ command: Mesos_V1_CommandInfo?,
        _ image: String?
    ) -> Mesos_V1_Agent_Call.LaunchNestedContainerSession {
        .with {
            $0.containerID = id
            if let command { $0.command = command }
            if tty {
                // What draws on a terminal must know its kind; a command that says so itself is believed.
                let kind = ProcessInfo.processInfo.environment["TERM"].flatMap { $0.isEmpty ? nil : $0 } ?? "xterm"
                if command == nil { $0.command.shell = false }
                $0.command.environment.variables.append(.with { ($0.name, $0.value) = ("TERM", kind) })
                $0.container.type = .mesos
                let size = RawTerminal.size ?? (80, 24)
                $0.container.ttyInfo.windowSize.columns = size.columns
                $0.container.ttyInfo.windowSize.rows = size.rows
            }
            guard let image else { return }
            $0.container.type = .mesos
            $0.container.mesos.image.type = .docker
            $0.container.mesos.image.docker.name = image
        }
    }
}
