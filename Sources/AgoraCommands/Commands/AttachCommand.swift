import ArgumentParser
import Foundation
import MesosMessages

/// `agora attach`
struct AttachCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Join the input and output of a running container.",
        discussion: """
            Shows what the container's program writes from now on and, if it was launched with an input or a terminal, sends \
            it what is typed. Ctrl-P Ctrl-Q leaves it running. The exit status is the program's.

            EXAMPLE
              agora attach shell
              agora attach --no-stdin web
              agora attach --detach-keys ctrl-x,x shell
            """
    )

    @OptionGroup var target: TargetOptions
    @Flag(help: "Only show the output.")
    var noStdin = false
    @Flag(name: .shortAndLong, help: "With --agent: the container has a terminal.")
    var tty = false
    @Option(help: "The keys that leave the container running; none, if empty.", transform: AttachCommand.keys)
    var detachKeys: DetachKeys? = .usual
    @Argument(help: "Task, pod, or with --agent the id of a container.", completion: TaskName.activeCompletion)
    var name: String

    private static let keys: @Sendable (String) throws -> DetachKeys? = { text in
        guard !text.isEmpty else { return nil }
        do { return try DetachKeys(parsing: text) } catch { throw ValidationError("\(error)") }
    }

    func run() async throws {
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                let found = try await target.find(name, connection)
                let client = AttachClient(connection: connection, agent: found.agent)
                let output = try await client.output(of: found.container, from: nil)
                // Asked now: what ends at the top is soon forgotten.
                let status = Task { try await client.status(of: found.container) }
                let hasTerminal = found.hasTerminal ?? tty
                let attachment = Attachment(
                    client: client,
                    container: found.container,
                    input: noStdin ? .untouched : .standard,
                    isTerminal: hasTerminal,
                    detachKeys: detachKeys,
                    isInputOptional: true
                )
                guard try await !attachment.run(output) else {
                    status.cancel()
                    return await Terminal.note("left; the container runs on")
                }
                if let status = try await status.value { try ExitStatus.pass(on: status) }
            }
        }
    }
}
