import ArgumentParser
import Glibc
import MesosMessages

/// How `agora run` runs a pod, whatever it is.
struct RunManner: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Print the ids of the tasks once they run, and leave them running.")
    var detach = false
    @Flag(help: "Leave nothing on the master's list when the pod ends; always so, unless detached.")
    var rm = false
    @Option(help: "The role whose resources are used.")
    var role = "*"
    @Flag(name: .shortAndLong, help: "Pass standard input on to the command.")
    var interactive = false
    @Flag(name: .shortAndLong, help: "Give the command a terminal.")
    var tty = false
    @OptionGroup var output: OutputOptions<TextFormat>

    func validate() throws {
        guard !(tty && interactive && !detach) || isatty(0) == 1 else {
            throw ValidationError("-t: standard input is no terminal; leave -t out to pipe.")
        }
        guard !detach || !rm else {
            throw ValidationError("--rm cannot be used with --detach: what is left running stays on the list until `agora kill`.")
        }
        guard output.output == .text || detach else {
            throw ValidationError("--output \(output.output.rawValue) is for --detach; otherwise the output is that of the pod.")
        }
    }

    var options: PodRunOptions {
        let attachment = interactive || tty ? TaskOutput.Manner(isInteractive: interactive, isTerminal: tty) : nil
        return PodRunOptions(role: role, user: UserName.own, isDetached: detach, attachment: attachment)
    }

    /// A task with the terminal and the input that the flags ask for.
    func joined(_ task: Mesos_V1_TaskInfo) -> Mesos_V1_TaskInfo {
        var task = task
        if tty { task.giveTerminal() }
        if interactive { task.keepInput() }
        return task
    }
}
