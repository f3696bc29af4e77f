public import MesosMessages

/// The program that a container runs.
public struct ContainerProgram: Sendable, Hashable {
    /// A path, or a name to be looked up in the container's PATH.
    public var executable: String
    /// As the program sees them; the first is its own name.
    public var arguments: [String]

    /// Names a program and its arguments.
    public init(executable: String, arguments: [String]) {
        self.executable = executable
        self.arguments = arguments
    }

    /// What `command` means, given the entrypoint and the command of the image (both empty without an image).
    ///
    /// | shell | value | runs |
    /// |---|---|---|
    /// | true | set | the value, by `/bin/sh -c`; the image's own are ignored |
    /// | false | set | the value, with `arguments` as its whole argument list |
    /// | false | unset | the image's entrypoint, then `arguments`, or the image's command if there are none |
    ///
    /// A command that is absent, or says nothing at all, takes the last row. See Mesos's "Container Image" page.
    /// By its rule, arguments replace the image's command only behind an entrypoint and follow it otherwise; with
    /// `replacesImageCommand` they replace it always.
    public init(
        for command: Mesos_V1_CommandInfo?,
        imageEntrypoint: [String],
        imageCommand: [String],
        replacesImageCommand: Bool = false
    ) throws(LaunchRefusal) {
        if let command, command.hasValue {
            self.init(value: command.value, of: command)
            return
        }
        if let command, command.shell, command.hasShell {
            throw LaunchRefusal("command.value: missing; with \"shell\" it is the line to run")
        }
        let arguments = command?.arguments ?? []
        let replaces = !arguments.isEmpty && (replacesImageCommand || !imageEntrypoint.isEmpty)
        let line = imageEntrypoint + (replaces ? [] : imageCommand) + arguments
        guard let executable = line.first, replacesImageCommand || !imageEntrypoint.isEmpty || !imageCommand.isEmpty else {
            throw LaunchRefusal("command.value: missing, and there is no image, or none that names a command")
        }
        self.init(executable: executable, arguments: line)
    }

    private init(value: String, of command: Mesos_V1_CommandInfo) {
        guard !command.shell else {
            self.init(executable: "/bin/sh", arguments: ["sh", "-c", value])
            return
        }
        self.init(executable: value, arguments: command.arguments.isEmpty ? [value] : command.arguments)
    }
}
