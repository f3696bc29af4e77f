public import Cluster

extension Allocator {
    /// Why a framework has no offers: for each of its roles how many agents lack what.
    ///
    /// Reads only, and looks at every agent: to be asked of a copy, away from the thread that divides.
    ///
    /// - Parameter wanted: what the framework needs of one agent; what it takes at least, as far as it said so, if nil.
    /// - Returns: nothing for an unknown framework.
    public func waiting(of framework: FrameworkID, for wanted: Resources? = nil) -> [WaitReport] {
        let subscribed = (frameworks[framework]?.clients ?? [:]).filter { clients[$0.value].isSubscribed }
        return subscribed.sorted { $0.key < $1.key }.map { role, client in
            let minimum = clients[client].minimum ?? options.minimum
            var report = WaitReport(
                role: role,
                isSuppressed: clients[client].isSuppressed,
                wanted: wanted.map { [$0] } ?? minimum.alternatives
            )
            var counts: [Hindrance: WaitReport.Count] = [:]
            for slot in agents.slots { judge(agents[slot], for: client, &report, &counts) }
            report.counts = counts.values.sorted { $0.hindrance.sortKey < $1.hindrance.sortKey }
            return report
        }
    }

    private func judge(_ agent: AgentRecord, for client: Int, _ report: inout WaitReport, _ counts: inout [Hindrance: WaitReport.Count]) {
        report.agents += 1
        let (hindrances, measured) = hindrances(of: agent, for: client, wanted: report.wanted)
        if hindrances.isEmpty { report.suitable += 1 }
        for hindrance in hindrances {
            var count = counts[hindrance] ?? WaitReport.Count(hindrance: hindrance)
            count.agents += 1
            switch hindrance {
            case .tooSmall(let name), .notFree(let name):
                count.most = max(count.most ?? .zero, measured.scalar(name))
            case .declined:
                let ends = agent.refusals[client, default: []].filter { $0.resources.contains(measured) }.map(\.deadline).max()
                count.until = [count.until, ends].compactMap(\.self).min()
            case .inactive, .constraints, .regions, .gpus: break
            }
            counts[hindrance] = count
        }
    }

    /// What keeps an agent away, and the resources in which that was found.
    private func hindrances(of agent: AgentRecord, for client: Int, wanted: [Resources]) -> (found: [Hindrance], in: Resources) {
        guard agent.isActive else { return ([.inactive], .empty) }
        if agent.excluded.contains(client) { return ([.constraints], .empty) }
        let missing = needed(for: agent).subtracting(clients[client].capabilities)
        if missing.contains(.regions) { return ([.regions], .empty) }
        if missing.contains(.gpus) { return ([.gpus], .empty) }
        let whole = acceptable(agent.total, to: clients[client])
        let lacking = whole.isEmpty ? agent.total.names : whole.lacking(wanted)
        guard lacking.isEmpty else { return (lacking.map(Hindrance.tooSmall), whole) }
        let free = acceptable(agent.available, to: clients[client])
        let taken = free.isEmpty && wanted.isEmpty ? whole.names : free.lacking(wanted)
        guard taken.isEmpty else { return (taken.map(Hindrance.notFree), free) }
        return (agent.isRefused(free, by: client) ? [.declined] : [], free)
    }
}

extension Hindrance {
    /// The order in which they are told: what lasts longest first, then by name.
    fileprivate var sortKey: (Int, String) {
        switch self {
        case .constraints: (0, "")
        case .regions: (1, "")
        case .gpus: (2, "")
        case .tooSmall(let resource): (3, resource)
        case .inactive: (4, "")
        case .notFree(let resource): (5, resource)
        case .declined: (6, "")
        }
    }
}

extension Resources {
    /// The names of what is missing for the alternative that misses least; none if one is there complete.
    fileprivate func lacking(_ alternatives: [Resources]) -> [String] {
        let missing = alternatives.map { wanted in wanted.names.filter { !suffices($0, for: wanted) } }
        return missing.min { $0.count < $1.count } ?? []
    }

    private func suffices(_ name: String, for wanted: Resources) -> Bool {
        scalar(name) >= wanted.scalar(name) && ranges(name).contains(wanted.ranges(name)) && set(name).contains(wanted.set(name))
    }
}
