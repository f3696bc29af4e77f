public import Cluster
public import LinuxKernel
import Logging
import Networks
import Synchronization

extension Containerizer {
    // MARK: Joining and leaving

    /// Lets a container with networks of its own join them; any other finds names as those around it do.
    ///
    /// - Parameter owner: the user namespace whose root has its network to itself; nothing: the machine's.
    func joinNetworks(_ plan: inout LaunchPlan, owner: Descriptor?) throws(ContainerError) {
        let id = plan.id
        guard plan.facts.hasOwnNetwork else {
            let home = plan.networkHome
            let addresses = home.flatMap { home in state.withLock { $0.tree.nodes[home]?.facts.networks } }?.flatMap(\.addresses)
            plan.use(home.map { networks.files(of: Self.networkName($0)) } ?? .machine, isOwn: home != nil, addresses: addresses ?? [])
            return
        }
        do throws(NetworkError) {
            let joined = try networks.join(Self.networkName(id), hostname: plan.hostname, owner: owner, plan.spec.networks) {
                state.withLock { $0.isStopped || $0.tree.nodes[id]?.isDoomed != false }
            }
            state.withLock { state in state.tree.update(id) { $0.networks = joined.networks } }
            plan.enter(joined)
        } catch {
            throw .launchFailed(id, LaunchFailure(.network, "\(error)"))
        }
    }

    private static func networkName(_ id: ContainerID) -> String { ContainerNetworks.name(of: id.path) }

    /// How often plugins are asked again to take away what they could not, with a pause that doubles each time.
    private static let leavingAttempts = 10

    /// Takes a container out of its networks. What plugins cannot take away is tried again later, by the next agent at the
    /// latest, and keeps nobody waiting.
    func leaveNetworks(_ id: ContainerID, attempt: Int = 0) {
        do throws(NetworkError) {
            try networks.leave(Self.networkName(id), unless: { attempt > 0 && isUsed(Self.networkName(id)) })
        } catch {
            logger.error("something is left of a container's networks", metadata: ["container": "\(id)", "reason": "\(error)"])
            guard attempt < Self.leavingAttempts else { return }
            events.after(.seconds(1 << attempt)) { [self] in
                work(withNetworks: true) { self.leaveNetworks(id, attempt: attempt + 1) }
            }
        }
    }

    /// Whether a container of that name is there and has not ended.
    private func isUsed(_ name: String) -> Bool {
        state.withLock { state in
            state.tree.nodes.contains { id, node in
                guard node.facts.hasOwnNetwork, Self.networkName(id) == name else { return false }
                if case .ended = node.state { return false }
                return true
            }
        }
    }

    // MARK: Finding again

    /// What was written down of a container's networks.
    func withNetworks(_ facts: ContainerFacts, of id: ContainerID) -> ContainerFacts {
        guard facts.hasOwnNetwork else { return facts }
        var facts = facts
        facts.networks = networks.joined(Self.networkName(id))
        return facts
    }

    /// Who joins a container's network later must be in the user namespace that it belongs to.
    func adoptUserNamespace(of id: ContainerID, _ facts: ContainerFacts) {
        guard let first = facts.firstID, facts.hasOwnNetwork, let network = networks.namespace(of: Self.networkName(id)) else { return }
        do {
            userNamespaces.adopt(try network.owner(), first: first)
        } catch {
            logger.warning("a user namespace is not found again", metadata: ["container": "\(id)", "reason": "\(error)"])
        }
    }

    /// What is left of containers that are not there any more, or never came to be, is taken away; nobody waits for it.
    func leaveForgottenNetworks() {
        let known = state.withLock { Set($0.tree.nodes.keys.map(Self.networkName)) }
        do {
            for name in try networks.names() where !known.contains(name) {
                logger.notice("leaving the networks of a container that is not there any more", metadata: ["container": "\(name)"])
                work(withNetworks: true) { self.leaveForgotten(name) }
            }
        } catch {
            logger.error("cannot look for networks that were left", metadata: ["reason": "\(error)"])
        }
    }

    private func leaveForgotten(_ name: String) {
        do throws(NetworkError) {
            try networks.leave(name, unless: { isUsed(name) })
        } catch {
            logger.error("something is left of a container's networks", metadata: ["container": "\(name)", "reason": "\(error)"])
        }
    }

    /// Asks plugins how the networks of containers are that went on without an agent. What is wrong is told and shown;
    /// nothing is done about it, as the container may need what still works. Nobody waits for it.
    func checkNetworks() {
        let running = state.withLock { state in
            state.tree.nodes.filter { id, node in node.facts.hasOwnNetwork && state.entries[id] != nil }.map(\.key)
        }
        for id in running { work(withNetworks: true) { self.checkNetworks(of: id) } }
    }

    private func checkNetworks(of id: ContainerID) {
        let isOver = { self.state.withLock { $0.isStopped || $0.tree.nodes[id]?.isDoomed != false } }
        do throws(NetworkError) {
            guard !isOver() else { return }
            try networks.check(Self.networkName(id), isCancelled: isOver)
        } catch {
            guard !isOver() else { return }
            logger.warning("a network of a container is not as it was made", metadata: ["container": "\(id)", "reason": "\(error)"])
            state.withLock { $0.entries[id]?.networkFailure = "\(error)" }
        }
    }

    // MARK: Looking

    /// The network namespace that a container is in, its own or that of a container around it; nothing: the host's.
    ///
    /// - Throws: ``ContainerError/unknown(_:)`` if it has ended.
    public func networkNamespace(of id: ContainerID) throws(ContainerError) -> NetworkNamespace? {
        let (isThere, home) = state.withLock { ($0.tree.nodes[id] != nil, $0.tree.nearest(id, where: \.hasOwnNetwork)) }
        guard isThere else { throw .unknown(id) }
        guard let home else { return nil }
        let process = state.withLock { $0.entries[home]?.process }
        let namespace = networks.namespace(of: Self.networkName(home)) ?? process.flatMap { NetworkNamespace.of(process: $0.pid) }
        guard let namespace else { throw .unknown(id) }
        return namespace
    }

    /// What went through the interfaces of a container's own.
    func networkCounters(of id: ContainerID) -> NetworkCounters? {
        let process = state.withLock { state in
            state.tree.nodes[id]?.facts.hasOwnNetwork == true ? state.entries[id]?.process : nil
        }
        return process.flatMap { try? NetworkCounters(ofProcess: $0.pid) }
    }
}
