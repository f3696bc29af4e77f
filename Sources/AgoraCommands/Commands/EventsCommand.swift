import ArgumentParser
import Foundation
import MesosAPI
import MesosMessages

/// `agora events`
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what changes in the cluster, as it happens, until Ctrl-C.",
        discussion: """
            EXAMPLE
              agora events
              agora events --no-follow
              agora events --output json | jq .type
              agora events --output yaml
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup var output: OutputOptions<TextFormat>
    @Flag(name: [.customShort("f"), .long], inversion: .prefixedNo, help: "Go on until Ctrl-C; otherwise tell what there is, and end.")
    var follow = true

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            try await Connection.with { connection in
                var goesOn = true
                try await OperatorClient(connection: connection, master: endpoint).watch { event in
                    guard event.type != .heartbeat else { return true }
                    // When nobody reads any more, there is nothing more to do.
                    goesOn = await Terminal.write(Array(Self.text(of: event, output.output).utf8), to: .output) && follow
                    return goesOn
                }
                guard goesOn else { return }
                throw ClientError(peer: .master(endpoint), operation: "watch the cluster", cause: .ended("it ended the stream"))
            }
        }
    }

    /// An event with the end of its line; as text with the time at which it came, in YAML a document of its own.
    private static func text(of event: Mesos_V1_Master_Event, _ format: TextFormat) -> String {
        let json = MesosJSON.encode(event)
        let yaml = format == .yaml ? try? DataText.yaml(DataValue(json: json), isOneOfMany: true) : nil
        guard format == .text else { return yaml ?? String(decoding: json, as: UTF8.self) + "\n" }
        return "\(Date.now.ISO8601Format())  \(line(for: event))\n"
    }

    /// An event in one line.
    static func line(for event: Mesos_V1_Master_Event) -> String {
        switch event.type {
        case .subscribed:
            let state = event.subscribed.getState
            return
                "\(state.getAgents.agents.count) machines, \(state.getFrameworks.frameworks.count) frameworks, \(state.getTasks.tasks.count) tasks"
        case .taskAdded: return "task \(event.taskAdded.task.taskID.value) added on \(event.taskAdded.task.agentID.value)"
        case .taskUpdated:
            let status = event.taskUpdated.status
            let reason = status.hasReason ? " (\(status.reason.name.lowercased().replacing("_", with: " ")))" : ""
            let message = status.message.isEmpty ? "" : ": \(status.message)"
            return "task \(status.taskID.value) is \(event.taskUpdated.state.name)\(reason)\(message)"
        case .agentAdded:
            let agent = event.agentAdded.agent
            return "machine \(agent.agentInfo.hostname) (\(agent.agentInfo.id.value)) is \(NodeRow(agent).state)"
        case .agentRemoved: return "machine \(event.agentRemoved.agentID.value) is removed"
        case .frameworkAdded: return "framework \(Self.words(event.frameworkAdded.framework.frameworkInfo)) added"
        case .frameworkUpdated:
            let framework = event.frameworkUpdated.framework
            return "framework \(Self.words(framework.frameworkInfo)) is \(framework.connected ? "connected" : "disconnected")"
        case .frameworkRemoved: return "framework \(Self.words(event.frameworkRemoved.frameworkInfo)) removed"
        case .heartbeat, .unknown: return "\(event.type)"
        }
    }

    private static func words(_ info: Mesos_V1_FrameworkInfo) -> String { "\(info.name) (\(info.id.value))" }
}
