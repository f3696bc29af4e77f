import Cluster
import Containers
import Glibc
import LinuxKernel
import MesosAPI

/// What a container's command reads, for one client at a time.
struct AttachedInput: Sendable {
    private let id: ContainerID
    private let descriptor: Descriptor
    private let isTerminal: Bool
    private let writer: StreamWriter
    private let close: @Sendable () throws -> Void

    /// That of a session.
    init(_ session: OpenSession, events: EventThread) throws {
        guard let descriptor = session.currentInput else { throw ContainerError.noInput(session.id) }
        try self.init(session.id, descriptor, isTerminal: session.isTerminal, events) { session.closeInput() }
    }

    /// That of another container.
    init(_ id: ContainerID, _ containerizer: Containerizer, events: EventThread) throws {
        let input = try containerizer.input(of: id)
        try self.init(id, input.descriptor, isTerminal: input.isTerminal, events) { try containerizer.closeInput(of: id) }
    }

    private init(
        _ id: ContainerID,
        _ descriptor: Descriptor,
        isTerminal: Bool,
        _ events: EventThread,
        close: @escaping @Sendable () throws -> Void
    ) throws {
        self.id = id
        self.descriptor = descriptor
        self.isTerminal = isTerminal
        self.close = close
        writer = try StreamWriter(descriptor, events: events)
    }

    /// What a command has closed its input to is dropped, so that its client goes on to read what it prints.
    private func write(_ bytes: [UInt8]) async throws(KernelError) {
        do throws(KernelError) {
            try await writer.write(bytes)
        } catch {
            guard error.code == EPIPE || error.code == EIO else { throw error }
        }
    }

    func take(_ record: InputRecord) async throws(Refusal) {
        do {
            switch record {
            case .heartbeat: break
            case .bytes(let bytes): try await write(bytes)
            case .end: if !isTerminal { try close() }
            case .size(let size):
                guard isTerminal else {
                    throw Refusal(400, "process_io.control.tty_info: the container \(id) has no terminal")
                }
                try descriptor.setTerminalSize(size)
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(500, "cannot write to the input of the container \(id): \(error)")
        }
    }
}
