import AgentCore
import Cluster

/// The containers of one machine; they outlive the agent's process.
struct SimulatedContainers: Sendable {
    struct Container: Sendable {
        enum State: Sendable {
            case launching
            case running
            case ended(ContainerExit)
        }

        let serial: UInt64
        var state = State.launching
        /// Whether a program runs in it; others only hold those inside them.
        let hasProgram: Bool
        let isStubborn: Bool

        var isRunning: Bool { if case .running = state { true } else { false } }
    }

    var all: [ContainerID: Container] = [:]
    private var lastSerial: UInt64 = 0

    mutating func add(_ id: ContainerID, hasProgram: Bool, isStubborn: Bool) -> UInt64 {
        lastSerial += 1
        all[id] = Container(serial: lastSerial, hasProgram: hasProgram, isStubborn: isStubborn)
        return lastSerial
    }

    /// The container and those inside it, the innermost first.
    func tree(of id: ContainerID) -> [ContainerID] {
        all.keys.filter { $0 == id || $0.isDescendant(of: id) }.sorted { ($1.depth, $0) < ($0.depth, $1) }
    }

    /// Drops what is kept of an ended container and those inside it.
    mutating func forget(_ id: ContainerID) {
        guard case .ended = all[id]?.state else { return }
        for inner in tree(of: id) { all[inner] = nil }
    }

    /// What a restarted agent finds.
    func found() -> [FoundContainer] {
        all.sorted { $0.key < $1.key }.compactMap { id, container in
            switch container.state {
            case .launching: nil
            case .running: FoundContainer(id: id, state: .running(pid: 7), isStandalone: false)
            case .ended(let exit): FoundContainer(id: id, state: .ended(exit), isStandalone: false)
            }
        }
    }
}

/// What happens to a container.
enum ContainerStep: Sendable {
    /// Its launch is done, well or badly.
    case launched(ContainerID, serial: UInt64)
    /// Its first process ends.
    case ends(ContainerID, serial: UInt64, ContainerExit)
    /// The agent's process of that life learns of something.
    case told(AgentInput, life: UInt64)
}
