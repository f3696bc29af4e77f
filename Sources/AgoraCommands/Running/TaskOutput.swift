import MesosMessages

/// What a task writes, on its way to the terminal.
struct TaskOutput: Sendable {
    let sandbox: TaskSandbox
    let connection: Connection
    let outputs: OutputStreams
    let ending: OutputFollower.Ending
    /// What of it is wanted.
    var part = OutputPart.all
    /// Hands a line to the user.
    let note: @Sendable (String) async -> Void

    private var client: AttachClient { AttachClient(connection: connection, agent: sandbox.agent) }

    /// How a user's terminal is joined to a task.
    struct Manner: Sendable {
        var isInteractive: Bool
        var isTerminal: Bool
    }

    /// Shows what it writes until it has ended; false, after a note, if not all could be read.
    @discardableResult
    func show(_ files: [OutputStreams.File]) async -> Bool {
        let live = LiveOutput(client: client, container: sandbox.container, ending: ending, part: part) { bytes, file in
            guard files.contains(file) else { return true }
            return await outputs.show(bytes, of: file, task: sandbox.taskID, name: sandbox.name)
        }
        let progress = await live.run()
        return await withTaskGroup { group in
            for file in files {
                group.addTask {
                    let isWhole =
                        if progress.isComplete {
                            true
                        } else if part == .all || progress.hasBegun {
                            await read(file, from: progress.shown[file] ?? 0)
                        } else {
                            await readKept(file)
                        }
                    await outputs.finish(file, task: sandbox.taskID)
                    return isWhole
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
    }

    /// Shows what is kept of the part; false, after a note, if not all could be read.
    func readKept(_ file: OutputStreams.File) async -> Bool {
        let agent = AgentClient(connection: connection, agent: sandbox.agent)
        do {
            try await agent.output("\(sandbox.directory)/\(file.rawValue)", part) { bytes in
                await outputs.show(bytes, of: file, task: sandbox.taskID, name: sandbox.name)
            }
            return true
        } catch {
            guard error.status == 404 else {
                await note("\(sandbox.name): its \(file.rawValue) cannot be shown: \(error)")
                return false
            }
            // Agents of others have no such call.
            if part == .all, (try? await agent.read("\(sandbox.directory)/\(file.rawValue)", from: 0)) != nil { return await read(file) }
            await note("\(sandbox.name): nothing is kept of its \(file.rawValue); sandboxes are removed some time after the end of a task")
            return true
        }
    }

    /// Shows what stands in files; false, after a note, if not all could be read.
    @discardableResult
    func read(_ file: OutputStreams.File, from start: UInt64 = 0) async -> Bool {
        let follower = OutputFollower(
            agent: AgentClient(connection: connection, agent: sandbox.agent),
            path: "\(sandbox.directory)/\(file.rawValue)",
            ending: ending,
            start: start
        ) { bytes in
            await outputs.show(bytes, of: file, task: sandbox.taskID, name: sandbox.name)
        }
        do {
            try await follower.run()
            return true
        } catch {
            await note("\(sandbox.name): part of its \(file.rawValue) is missing: \(error)")
            return false
        }
    }

    /// Joins the user's terminal to its input and output until it has ended.
    func join(_ manner: Manner) async {
        do {
            let output = try await client.output(of: sandbox.container, from: .all)
            let attachment = Attachment(
                client: client,
                container: sandbox.container,
                input: manner.isInteractive ? .standard : .untouched,
                isTerminal: manner.isTerminal
            )
            _ = try await attachment.run(output)
        } catch let error as ClientError where error.status == 404 {
            // It was over before anybody could join it.
            for file in OutputStreams.File.allCases { await read(file) }
        } catch let error as ClientError where error.status == nil {
            await note("\(sandbox.name): \(error); it may run on: `agora attach \(sandbox.taskID)` joins it again, Ctrl-C here ends it")
        } catch {
            await note("\(sandbox.name): \(error)")
        }
    }
}
