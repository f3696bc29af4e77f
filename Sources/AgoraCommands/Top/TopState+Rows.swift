extension TopState {
    /// A container and how deep it stands in the tree.
    struct Row: Hashable, Sendable {
        let container: TopContainer
        let depth: Int
    }

    /// The machines in the order that was chosen; where only they are shown, those that the filter admits.
    var shownNodes: [TopNode] {
        let nodes = cluster?.nodes ?? []
        let wanted = view == .nodes ? nodes.filter { isWanted([$0.node, $0.address, $0.agentID, $0.state]) } : nodes
        return ordered(wanted, name: \.node) { left, right in
            switch order {
            case .cpu, .throttling, .network: Self.isMore(left.cpusUsed, right.cpusUsed)
            case .memory: Self.isMore(left.memoryUsed, right.memoryUsed)
            case .processes: Self.isMore(left.containers, right.containers)
            case .name, .framework, .machine: nil
            }
        }
    }

    /// The containers that the filter admits, in the order that was chosen; nested ones below their parents, and only as a tree.
    var shownContainers: [Row] {
        let containers = (cluster?.containers ?? []).filter { isTree || $0.parent == nil }
        let wanted = containers.filter { isWanted([$0.task, $0.framework, $0.node, $0.container]) }
        guard isTree else { return ordered(wanted).map { Row(container: $0, depth: 0) } }
        let shown = Set(wanted.map(Place.init))
        let children = Dictionary(grouping: wanted) { container in
            container.parent.map { Place(agentID: container.agentID, container: $0) }
        }
        // One whose parent is not admitted stands for itself.
        let roots = wanted.filter { container in
            container.parent.map { !shown.contains(Place(agentID: container.agentID, container: $0)) } ?? true
        }
        var rows: [Row] = []
        var waiting = ordered(roots).reversed().map { Row(container: $0, depth: 0) }
        while let row = waiting.popLast() {
            rows.append(row)
            let below = ordered(children[Place(row.container)] ?? [])
            waiting += below.reversed().map { Row(container: $0, depth: row.depth + 1) }
        }
        return rows
    }

    private struct Place: Hashable {
        let agentID: String
        let container: String

        init(agentID: String, container: String) {
            self.agentID = agentID
            self.container = container
        }

        init(_ container: TopContainer) { self.init(agentID: container.agentID, container: container.container) }
    }

    private func ordered(_ containers: [TopContainer]) -> [TopContainer] {
        ordered(containers, name: \.task) { left, right in
            switch order {
            case .cpu: Self.isMore(left.cpuPercent, right.cpuPercent)
            case .memory: Self.isMore(left.memory, right.memory)
            case .processes: Self.isMore(left.processes, right.processes)
            case .throttling: Self.isMore(left.throttledPercent, right.throttledPercent)
            case .network: Self.isMore(left.traffic, right.traffic)
            case .framework: left.framework == right.framework ? nil : left.framework < right.framework
            case .machine: left.node == right.node ? nil : left.node < right.node
            case .name: nil
            }
        }
    }

    /// By `comes`, then by name.
    private func ordered<Item>(_ items: [Item], name: (Item) -> String, _ comes: (Item, Item) -> Bool?) -> [Item] {
        let sorted = items.sorted { comes($0, $1) ?? (name($0) < name($1)) }
        return isReversed ? sorted.reversed() : sorted
    }

    /// Whether the first has more; what is not known is least, and nothing if both are alike.
    private static func isMore<Value: Comparable>(_ left: Value?, _ right: Value?) -> Bool? {
        switch (left, right) {
        case (let left?, let right?): left == right ? nil : left > right
        case (nil, nil): nil
        default: left != nil
        }
    }

    private func isWanted(_ texts: [String]) -> Bool {
        filter.isEmpty || texts.contains { $0.lowercased().contains(filter.lowercased()) }
    }
}

extension TopContainer {
    /// Bytes a second both ways.
    fileprivate var traffic: Double? { received.map { $0 + (sent ?? 0) } ?? sent }
}
