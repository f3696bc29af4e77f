import AgentCore
import Cluster
import LinuxKernel
import MesosAPI
import MesosMessages
import NIOPosix

/// LIST_FILES and READ_FILE, and what the older file endpoints share with them.
struct FileReads: Sendable {
    let files: SandboxFiles
    let view: AgentView.Source

    func list(_ path: String) async throws(Refusal) -> Mesos_V1_Agent_Response {
        let entries = try await entries(of: path)
        return .response(.listFiles) { $0.listFiles.fileInfos = entries }
    }

    func read(_ call: Mesos_V1_Agent_Call.ReadFile) async throws(Refusal) -> Mesos_V1_Agent_Response {
        let piece = try await piece(of: call.path, offset: call.offset, length: call.hasLength ? call.length : nil)
        return .response(.readFile) { response in
            response.readFile.size = piece.size
            response.readFile.data = .init(piece.bytes)
        }
    }

    /// `/files/debug`: the sandboxes of executors that run, by the paths that they are shown under; each is where that says.
    func places() async throws(Refusal) -> [UInt8] {
        let executors = try await view().executors
        var writer = JSONWriter()
        writer.object { writer in
            for executor in executors { writer.field(executor.stored.sandbox, executor.stored.sandbox) }
        }
        return writer.bytes
    }

    func entries(of path: String) async throws(Refusal) -> [Mesos_V1_FileInfo] {
        try await onDisk(path) { (location) throws(SandboxPathError) in try files.list(location, path: path) }
    }

    func piece(of path: String, offset: UInt64, length: UInt64?) async throws(Refusal) -> SandboxFiles.Piece {
        try await onDisk(path) { (location) throws(SandboxPathError) in
            try files.read(location, offset: offset, length: length)
        }
    }

    /// An open plain file; the caller closes it.
    func open(_ path: String) async throws(Refusal) -> Int32 {
        try await onDisk(path) { (location) throws(SandboxPathError) in try files.open(location) }
    }

    /// The folder in which a file stands, and the file's name there.
    func folder(of path: String) async throws(Refusal) -> (Folder, String) {
        try await onDisk(path) { (location) throws(SandboxPathError) in try files.folder(location) }
    }

    /// Runs `work` on a thread that may block.
    private func onDisk<Value: Sendable>(
        _ path: String,
        _ work: @escaping @Sendable (SandboxLocation) throws(SandboxPathError) -> Value
    ) async throws(Refusal) -> Value {
        guard let location = SandboxLocation(path: path, workDirectory: files.workDirectory, agentID: try await view().core.id?.value)
        else {
            throw Refusal(404, "\"\(path.prefix(1000))\" is no path of a sandbox")
        }
        let result: Result<Value, SandboxPathError>
        do {
            result = try await NIOThreadPool.singleton.runIfActive { Result { () throws(SandboxPathError) in try work(location) } }
        } catch {
            throw Refusal(503, "the agent is ending")
        }
        do throws(SandboxPathError) {
            return try result.get()
        } catch .notFound {
            throw Refusal(404, "there is no file or folder \"\(path.prefix(1000))\"")
        } catch .escapes {
            throw Refusal(404, "\"\(path.prefix(1000))\" leads out of its sandbox")
        } catch {
            throw Refusal(500, "cannot read \"\(path.prefix(1000))\": \(error)")
        }
    }
}
