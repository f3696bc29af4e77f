import ArgumentParser

/// How `agora run` runs a pod, whatever it is.
struct RunManner: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Print the ids of the tasks once they run, and leave them running.")
    var detach = false
    @Flag(help: "Leave nothing on the master's list when the pod ends; always so, unless detached.")
    var rm = false
    @Option(help: "The role whose resources are used.")
    var role = "*"
    @Flag(name: .shortAndLong, help: "Keep standard input open: not built yet.")
    var interactive = false
    @Flag(name: .shortAndLong, help: "Attach a terminal: not built yet.")
    var tty = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !interactive && !tty else {
            throw ValidationError(
                "Attached terminals (-i, -t) are not built yet. Run it without, and read its output here or by `agora logs`."
            )
        }
        guard !detach || !rm else {
            throw ValidationError("--rm cannot be used with --detach: what is left running stays on the list until `agora kill`.")
        }
        guard output.output == .table || detach else {
            throw ValidationError("--output json is for --detach; otherwise the output is that of the pod.")
        }
    }

    var options: PodRunOptions { PodRunOptions(role: role, user: UserName.own, isDetached: detach) }
}
