import Cluster

/// All containers and where each stands, as plain state: events in, actions out. It starts nothing, kills nothing and
/// waits for nothing; whoever holds it does what the actions say and tells it what happened.
///
/// | state | means | leaves by |
/// |---|---|---|
/// | launching | being set up; `process` once there is one | ``confirm(_:)``, ``discard(_:)`` |
/// | running | the command runs | ``processEnded(_:waitStatus:)`` |
/// | ending | the first process has ended; waits for the containers inside, then for the release of what it held | ``released(_:termination:)`` |
/// | ended | the result is kept | ``remove(_:)``, a new launch |
///
/// A container that is to go is `doomed`: nothing more is launched in it.
struct ContainerTree: Sendable {
    /// What is to be done.
    enum Action: Hashable, Sendable {
        /// Kill the first process of a container.
        case kill(ContainerID)
        /// Clean up behind a container whose processes are gone, then call ``released(_:termination:)``.
        case release(ContainerID, waitStatus: Int32)
        /// Tell all who wait for it that a container has ended.
        case announce(ContainerID)
    }

    enum State: Hashable, Sendable {
        case launching(ContainerProcess?)
        case running(ContainerProcess)
        case ending(waitStatus: Int32, isReleasing: Bool)
        case ended(ContainerTermination)
    }

    struct Node: Sendable {
        var facts: ContainerFacts
        var state: State
        var isDoomed = false
        /// Whether its first process ended before it was doomed.
        var endedUnasked = false
        /// How many processes that the kernel killed for memory, in its cgroup, were told of containers that share it.
        var memoryKillsTold: Int64 = 0
        /// The names of the containers directly inside, ended ones included.
        var children: Set<String> = []
        /// How many of these have not ended.
        var liveChildCount = 0
    }

    private(set) var nodes: [ContainerID: Node] = [:]
    let maximumContainers: Int

    init(maximumContainers: Int) {
        self.maximumContainers = maximumContainers
    }

    // MARK: Launching

    /// Takes the name for a launch. An ended container of that name gives way, with all that was in it.
    ///
    /// - Returns: the names that gave way.
    mutating func reserve(_ id: ContainerID, facts: ContainerFacts) throws(ContainerError) -> [ContainerID] {
        guard id.depth <= ContainerID.maximumDepth else { throw .tooDeep(id) }
        if let node = nodes[id] {
            guard case .ended = node.state else { throw .alreadyExists(id) }
        }
        if let parent = id.parent { try checkParent(parent, of: id) }
        guard nodes.count < maximumContainers else {
            throw .unusable(reason: "\(maximumContainers) containers are known, the most there may be; remove ended ones")
        }
        let replaced = nodes[id] == nil ? [] : forget(id)
        insert(id, Node(facts: facts, state: .launching(nil)))
        return replaced
    }

    private func checkParent(_ parent: ContainerID, of id: ContainerID) throws(ContainerError) {
        guard let node = nodes[parent] else { throw .parentUnknown(id, reason: "is not there") }
        guard !node.isDoomed else { throw .parentUnknown(id, reason: "is being destroyed") }
        switch node.state {
        case .running: return
        case .launching: throw .parentUnknown(id, reason: "is not yet running")
        case .ending, .ended: throw .parentUnknown(id, reason: "has ended")
        }
    }

    private mutating func insert(_ id: ContainerID, _ node: Node) {
        nodes[id] = node
        guard let parent = id.parent else { return }
        nodes[parent]?.children.insert(id.value)
        nodes[parent]?.liveChildCount += 1
    }

    /// The container's first process exists. If it was destroyed meanwhile, the process is to be killed.
    mutating func attach(_ process: ContainerProcess, to id: ContainerID) -> [Action] {
        guard case .launching = nodes[id]?.state else { return [] }
        nodes[id]?.state = .launching(process)
        return nodes[id]?.isDoomed == true ? [.kill(id)] : []
    }

    /// The set-up is done and the command runs.
    ///
    /// - Returns: false if the container was destroyed meanwhile; the launch has then failed.
    mutating func confirm(_ id: ContainerID) -> Bool {
        guard case .launching(let process?) = nodes[id]?.state, nodes[id]?.isDoomed == false else { return false }
        nodes[id]?.state = .running(process)
        return true
    }

    /// A launch has failed and nothing of it is left.
    mutating func discard(_ id: ContainerID) -> [Action] {
        guard case .launching = nodes[id]?.state else { return [] }
        forget(id)
        return oneLess(in: id.parent)
    }

    // MARK: Ending

    /// A container's first process has ended. All that is inside is killed first; then the container is released.
    mutating func processEnded(_ id: ContainerID, waitStatus: Int32) -> [Action] {
        guard case .running = nodes[id]?.state else { return [] }
        nodes[id]?.state = .ending(waitStatus: waitStatus, isReleasing: false)
        let isDoomed = nodes[id]?.isDoomed == true
        nodes[id]?.endedUnasked = !isDoomed
        let kills = doom(id)
        return kills.filter { $0 != .kill(id) } + release(id)
    }

    /// A container is to go, with all that is inside; the innermost are killed first.
    mutating func destroy(_ id: ContainerID) throws(ContainerError) -> [Action] {
        guard nodes[id] != nil else { throw .unknown(id) }
        return doom(id)
    }

    private mutating func doom(_ id: ContainerID) -> [Action] {
        var actions: [Action] = []
        for child in children(of: id) { actions += doom(child) }
        switch nodes[id]?.state {
        case .running, .launching(_?):
            actions.append(.kill(id))
        case .launching(nil), .ending:
            break
        case .ended, nil:
            return actions
        }
        nodes[id]?.isDoomed = true
        return actions
    }

    private mutating func release(_ id: ContainerID) -> [Action] {
        guard case .ending(let waitStatus, false) = nodes[id]?.state, nodes[id]?.liveChildCount == 0 else { return [] }
        nodes[id]?.state = .ending(waitStatus: waitStatus, isReleasing: true)
        return [.release(id, waitStatus: waitStatus)]
    }

    private mutating func oneLess(in parent: ContainerID?) -> [Action] {
        guard let parent else { return [] }
        nodes[parent]?.liveChildCount -= 1
        return release(parent)
    }

    /// What a container held is cleaned up.
    mutating func released(_ id: ContainerID, termination: ContainerTermination) -> [Action] {
        guard case .ending(_, true) = nodes[id]?.state else { return [] }
        nodes[id]?.state = .ended(termination)
        return [.announce(id)] + oneLess(in: id.parent)
    }

    /// Takes one of the processes that the kernel killed for memory in a container's cgroup, of `count` so far.
    ///
    /// - Returns: false if all have been taken.
    mutating func takeMemoryKill(in id: ContainerID, of count: Int64) -> Bool {
        guard let told = nodes[id]?.memoryKillsTold, told < count else { return false }
        nodes[id]?.memoryKillsTold += 1
        return true
    }

    // MARK: Removing

    /// Forgets an ended container and all that was inside.
    ///
    /// - Returns: the names that are forgotten, itself last.
    mutating func remove(_ id: ContainerID) throws(ContainerError) -> [ContainerID] {
        try checkRemovable(id)
        return forget(id)
    }

    /// Whether an ended container of that name is there.
    func checkRemovable(_ id: ContainerID) throws(ContainerError) {
        guard let node = nodes[id] else { throw .unknown(id) }
        guard case .ended = node.state else { throw .stillRunning(id) }
    }

    @discardableResult
    private mutating func forget(_ id: ContainerID) -> [ContainerID] {
        var names: [ContainerID] = []
        for child in children(of: id) { names += forget(child) }
        nodes[id] = nil
        if let parent = id.parent { nodes[parent]?.children.remove(id.value) }
        return names + [id]
    }

    // MARK: Finding again

    /// Puts in a container that ran when its records were written; its parent must be in already.
    mutating func restore(_ id: ContainerID, facts: ContainerFacts, process: ContainerProcess) {
        insert(id, Node(facts: facts, state: .running(process)))
    }

    /// Changes what is known of a container.
    mutating func update(_ id: ContainerID, _ change: (inout ContainerFacts) -> Void) {
        guard var facts = nodes[id]?.facts else { return }
        change(&facts)
        nodes[id]?.facts = facts
    }

    // MARK: Looking

    /// The containers directly inside one.
    func children(of id: ContainerID) -> [ContainerID] {
        nodes[id]?.children.map { id.child($0) } ?? []
    }

    /// The nearest of a container and those around it of which something holds.
    func nearest(_ id: ContainerID, where holds: (ContainerFacts) -> Bool) -> ContainerID? {
        if let facts = nodes[id]?.facts, holds(facts) { return id }
        return id.parent.flatMap { nearest($0, where: holds) }
    }

    func status(of id: ContainerID) -> ContainerStatus? {
        guard let node = nodes[id] else { return nil }
        var status = ContainerStatus(
            id: id,
            state: .launching,
            pid: nil,
            sandbox: node.facts.sandbox,
            user: node.facts.user,
            hasImageRoot: node.facts.hasImageRoot,
            networks: nearest(id, where: \.hasOwnNetwork).flatMap { nodes[$0]?.facts.networks } ?? [],
            layers: node.facts.layers,
            volumeLayers: node.facts.volumeLayers,
            termination: nil
        )
        switch node.state {
        case .launching(let process):
            status.pid = process?.pid
        case .running(let process):
            status.pid = process.pid
            status.state = node.isDoomed ? .ending : .running
        case .ending:
            status.state = .ending
        case .ended(let termination):
            status.state = .ended
            status.termination = termination
        }
        return status
    }
}
