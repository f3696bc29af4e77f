import ArgumentParser
import Cluster
import Foundation
import UnixSignals

/// `agora run`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a pod, or a command in a container, and show its output.",
        usage: """
            agora run POD.yaml | GROUP.json | -
            agora run [--image REF] [options] -- COMMAND …
            """,
        discussion: """
            A pod is a Kubernetes Pod manifest or a Mesos task group in JSON; see docs/pods.md. Without --image a command \
            sees the files of the machine.

            The exit status is that of the program, of the first container that failed, or 128 and the number of the signal \
            that ended it; 125 if the pod could not be run, 130 after Ctrl-C.

            Ctrl-C kills the pod and waits for it; Ctrl-C again kills it at once.

            EXAMPLE
              agora run examples/hello.yaml
              agora run --image busybox -- echo hello
              agora run --cpus 0.5 --memory 64m -e NAME=value -v /srv:/srv:ro -- sh -c 'ls /srv; env'
              agora run --detach --name web -- sleep 1000
              agora run --network bridge -p 8080:80 --image nginx
            """
    )

    @OptionGroup var master: MasterOptions
    @OptionGroup(title: "A command instead of a file") var flags: RunFlags
    @OptionGroup(title: "Its networks") var network: RunNetworkFlags
    @OptionGroup(title: "How to run it") var manner: RunManner

    @Argument(help: "A pod file; - for standard input.", completion: .file())
    var file: String?
    @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
    var command: [String] = []

    func validate() throws {
        try manner.validate()
        guard let file else {
            guard !command.isEmpty || flags.image != nil else {
                throw ValidationError("Name a pod file, or say what to run: agora run [--image REF] -- COMMAND …")
            }
            return
        }
        guard !manner.interactive && !manner.tty else {
            throw ValidationError(
                "-i and -t are for a command after --; a pod file says stdin and tty itself. Join it with `agora attach`."
            )
        }
        guard command.isEmpty else { throw ValidationError("There is a pod file (\(file.clipped)) and a command; one of them is allowed.") }
        if let flag = flags.firstUsed {
            throw ValidationError("\(flag) is for commands after --; in a pod file write it there.")
        }
    }

    func run() async throws {
        let endpoint = try master.endpoint
        try await ExitStatus.reporting {
            let launch = try launch()
            for note in launch.notes { await Terminal.note(note) }
            let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
            let outcome = try await Connection.with { connection in
                let display = PullDisplay.onStandardError()
                let runner = PodRunner(connection: connection, master: endpoint, options: manner.options, pulls: display) {
                    await display.leave()
                    await Terminal.note($0)
                }
                return try await runner.run(launch, interrupts: signals.map { _ in })
            }
            try await report(outcome)
        }
    }

    private func launch() throws -> PodLaunch {
        let networks = try network.networks
        guard let file else {
            var launch = try flags.launch(command: command, environment: ProcessInfo.processInfo.environment).joining(networks)
            launch.tasks = launch.tasks.map(manner.joined)
            return launch
        }
        return try Self.readPod(file, networks: networks)
    }

    /// Reads a pod file; an error names it.
    static func readPod(_ file: String, networks: PodNetworks = .machine) throws(PodFileError) -> PodLaunch {
        do {
            return try PodFile.read(file, networks: networks)
        } catch {
            throw PodFileError(file == "-" ? "standard input" : file, "\(error)")
        }
    }

    private struct Detached: Encodable {
        let tasks: [String]
    }

    private func report(_ outcome: PodOutcome) async throws {
        switch outcome {
        case .exited(0): break
        case .exited(let status): throw ExitCode(status)
        case .detached(let tasks):
            let ids = tasks.map(\.value)
            try await manner.output.print(Detached(tasks: ids)) { _ in ids.joined(separator: "\n") }
        case .interrupted: throw ExitStatus.interrupted
        case .failed(let reason):
            await Terminal.note(reason)
            throw ExitStatus.couldNotRun
        }
    }
}
