import CLinuxKernel
public import Cluster
public import LinuxKernel
import Synchronization

extension Containerizer {
    /// What the command of a running container was launched with; nothing if it has none.
    public func setting(of id: ContainerID) async throws(ContainerError) -> CommandSetting? {
        try await result { (completion: @escaping Completion<CommandSetting?>) in
            work {
                completion(
                    Result { () throws(ContainerError) in
                        do {
                            return try self.runtime.record(of: id)?.setting
                        } catch {
                            throw .unknown(id)
                        }
                    }
                )
            }
        }
    }

    /// The way to what the command of a running container reads, also after a restart of this process. Sessions have
    /// their own.
    ///
    /// - Throws: ``ContainerError/unknown(_:)`` if it has ended or never was, ``ContainerError/noInput(_:)`` if it was
    ///   launched without an input.
    public func input(of id: ContainerID) throws(ContainerError) -> ContainerInput {
        let (node, process) = state.withLock { ($0.tree.nodes[id], $0.entries[id]?.process) }
        guard let facts = node?.facts, let process else { throw .unknown(id) }
        guard !facts.isSession, facts.hasTerminal || facts.keepsInput else { throw .noInput(id) }
        do {
            let number = facts.hasTerminal ? AGORA_INIT_TERMINAL : AGORA_INIT_INPUT
            return ContainerInput(descriptor: try process.copyDescriptor(Int32(number.rawValue)), isTerminal: facts.hasTerminal)
        } catch {
            // Closed by request, or just ended.
            throw error.code == Signal.noSuchProcess ? .unknown(id) : .noInput(id)
        }
    }

    /// Ends the input of a container that was launched with one that is kept open. A terminal's cannot be ended like that:
    /// its programs take a character, usually the fourth (Ctrl-D), for the end.
    public func closeInput(of id: ContainerID) throws(ContainerError) {
        let (node, process) = state.withLock { ($0.tree.nodes[id], $0.entries[id]?.process) }
        guard let facts = node?.facts, let process else { throw .unknown(id) }
        guard facts.keepsInput, !facts.hasTerminal else { throw .noInput(id) }
        do {
            try process.send(signal: Signal.carrier, payload: Int32(AGORA_INIT_CLOSE_INPUT))
        } catch {
            throw .unknown(id)
        }
    }
}

/// The way to what a container's command reads.
public struct ContainerInput: Sendable {
    /// What is written there, the command reads.
    public let descriptor: Descriptor
    /// Whether it is a terminal, which has a size.
    public let isTerminal: Bool
}
