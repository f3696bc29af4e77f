import MesosMessages
import SwiftProtobuf

/// A program and its arguments, by the rules of Kubernetes and Docker, as a Mesos CommandInfo.
///
/// | command | arguments | runs |
/// |---|---|---|
/// | given | any | the command, then the arguments; the image's own are left out |
/// | none | given | the image's entrypoint with these arguments |
/// | none | none | the image's entrypoint with the image's arguments |
struct TaskCommand {
    var command: [String]
    var arguments: [String]
    var environment: [(name: String, value: String)]
    var user: String?
    /// Where the program starts: absolute, or relative to the sandbox.
    var workingDirectory: String?

    var message: Mesos_V1_CommandInfo {
        .with { info in
            info.shell = false
            if let executable = command.first {
                info.value = executable
                info.arguments = command + arguments
            } else {
                info.arguments = arguments
            }
            info.environment.variables = environment.map { variable in
                .with { ($0.name, $0.value) = (variable.name, variable.value) }
            }
            if let user { info.user = user }
        }
    }

    /// What Mesos's messages have no field for; agents of Agora honour these labels, Mesos's ignore them.
    var labels: [Mesos_V1_Label] {
        var labels: [Mesos_V1_Label] = []
        if let workingDirectory {
            labels.append(.with { ($0.key, $0.value) = ("agora.working_directory", workingDirectory) })
        }
        if command.isEmpty && !arguments.isEmpty {
            // Mesos would run the command of an image without entrypoint with these arguments behind it.
            labels.append(.with { ($0.key, $0.value) = ("agora.arguments", "replace-command") })
        }
        return labels
    }
}
