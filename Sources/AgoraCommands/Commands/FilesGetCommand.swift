import ArgumentParser

/// `agora files get`
struct FilesGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Fetch a file or a folder of a task's sandbox to this machine.",
        discussion: """
            A folder is fetched with all that is in it. If DESTINATION is a folder that is there, it goes into that one; otherwise \
            DESTINATION is its new name. Nothing is overwritten without --force, nothing is written outside of DESTINATION, and \
            what is no file or folder (symbolic links, sockets, devices) is left out.

            EXAMPLE
              agora files get web stdout
              agora files get web logs /tmp/logs-of-web
              agora files get web . everything --force
              agora files get web core.gz - | zcat > core
            """
    )

    @OptionGroup var target: SandboxTarget
    @Flag(name: .shortAndLong, help: "Overwrite files that are there.")
    var force = false
    @Argument(help: TaskName.help, completion: TaskName.completion)
    var task: String
    @Argument(help: "A file or a folder in the sandbox; \".\" is the whole of it.")
    var path: String
    @Argument(
        help: "Where to: a new name, or a folder that is there; - for standard output. Otherwise the same name in this folder.",
        completion: .file()
    )
    var destination: String?

    func validate() throws {
        guard destination != "" else { throw ValidationError("DESTINATION is empty; name a file or a folder, or leave it out.") }
    }

    func run() async throws {
        try await ExitStatus.reporting {
            try await Interrupts.stopping {
                try await Connection.with { connection in try await fetch(target.find(task, connection)) }
            }
        }
    }

    private func fetch(_ source: SandboxSource) async throws {
        let isFolder = try await source.isFolder(path)
        if destination == "-" {
            guard !isFolder else {
                throw SandboxError("\"\(path.clipped)\" is a folder, which cannot go to standard output; name a destination")
            }
            return try await source.show(path)
        }
        let name = SandboxEntry.name(of: path) ?? SandboxEntry.name(of: source.taskID) ?? "sandbox"
        let place = try FetchDestination(destination, name: name)
        var fetch = SandboxFetch(source: source, isForced: force) { await Terminal.note($0) }
        if isFolder {
            try await fetch.folder(path, to: place)
        } else {
            try await fetch.file(path, to: place)
        }
        await Terminal.note("fetched \(fetch.summary) into \(place)")
        guard fetch.missing == 0 else {
            throw SandboxError("\(fetch.missing) could not be fetched; they are named above. Try again for those, with --force.")
        }
    }
}
