import MesosMessages

/// Finds what a user means among all that a cluster has.
struct ObjectLookup: Sendable {
    let objects: [NamedObject]

    init(_ objects: [NamedObject]) {
        self.objects = objects
    }

    /// What the master knows; the containers are those of its tasks.
    init(_ cluster: Mesos_V1_Master_Response.GetState, roles: [Mesos_V1_Role]) {
        let entries = TaskCatalogue(cluster).entries
        var objects = entries.map { NamedObject($0) } + cluster.getAgents.agents.map { NamedObject($0) }
        objects += (cluster.getFrameworks.frameworks + cluster.getFrameworks.completedFrameworks).map { NamedObject($0) }
        objects += roles.map { NamedObject($0) }
        objects += entries.filter(\.isActive).compactMap { entry in
            entry.container.map { id in
                NamedObject(id, on: entry.agent.map { ClusterNode(name: $0.hostname, endpoint: Endpoint(of: $0)) })
            }
        }
        self.objects = objects
    }

    /// The objects of an id; else of a name; else the only one whose id begins so. Several tasks of one pod are meant together.
    ///
    /// - Parameter kind: what it is to be; nil: anything.
    /// - Throws: an error that names those that may be meant.
    func find(_ name: String, _ kind: ObjectKind? = nil) throws(ObjectLookupError) -> [NamedObject] {
        let objects = kind.map { kind in self.objects.filter { $0.kind == kind } } ?? self.objects
        let tiers: [(NamedObject) -> Bool] = [
            { $0.id == name }, { $0.names.contains(name) }, { !name.isEmpty && $0.id.hasPrefix(name) },
        ]
        for isMeant in tiers {
            let found = Self.newest(objects.filter(isMeant))
            guard found.count > 1 else {
                if found.isEmpty { continue }
                return found
            }
            guard Self.areOneRun(found) else { throw ObjectLookupError(name: name, kind: kind, cause: .ambiguous(found.map(\.words))) }
            return found
        }
        let near = Nearest.names(to: name, among: objects.flatMap { [$0.id] + $0.names })
        throw ObjectLookupError(name: name, kind: kind, cause: .unknown(nearest: near))
    }

    /// Without tasks that have ended, if there are others, or without those of older runs.
    private static func newest(_ found: [NamedObject]) -> [NamedObject] {
        let tasks = found.compactMap(\.entry)
        let active = tasks.filter(\.isActive)
        // The newest come first.
        let wanted = active.isEmpty ? tasks.prefix { isSameRun($0, tasks[0]) } : active[...]
        let ids = Set(wanted.map { "\($0.task.frameworkID.value) \($0.id)" })
        return found.filter { object in object.entry.map { ids.contains("\($0.task.frameworkID.value) \($0.id)") } ?? true }
    }

    private static func areOneRun(_ found: [NamedObject]) -> Bool {
        guard let first = found.first?.entry else { return false }
        return found.allSatisfy { $0.entry.map { isSameRun($0, first) } ?? false }
    }

    private static func isSameRun(_ left: TaskCatalogue.Entry, _ right: TaskCatalogue.Entry) -> Bool {
        left.task.frameworkID == right.task.frameworkID && left.executorID == right.executorID
    }
}

extension NamedObject {
    fileprivate var entry: TaskCatalogue.Entry? {
        if case .task(let entry) = content { entry } else { nil }
    }
}

/// A name that means nothing, or too much.
struct ObjectLookupError: Error, Hashable, CustomStringConvertible {
    enum Cause: Hashable {
        case unknown(nearest: [String])
        case ambiguous([String])
    }

    let name: String
    let kind: ObjectKind?
    let cause: Cause

    var description: String {
        let what = kind?.rawValue ?? "task, node, framework, role or container"
        switch cause {
        case .unknown(let nearest) where nearest.isEmpty:
            let lists = "`agora tasks --all`, `agora nodes` and `agora frameworks --all` list what there is"
            return "there is no \(what) \"\(name.clipped)\"; \(lists)"
        case .unknown(let nearest): return "there is no \(what) \"\(name.clipped)\"; did you mean \(nearest.joined(separator: " or "))?"
        case .ambiguous(let words):
            let rest = words.count > Self.most ? " and \(words.count - Self.most) more" : ""
            let list = words.prefix(Self.most).joined(separator: ", ") + rest
            return "\"\(name.clipped)\" may mean \(list); give the whole id, or say what it is with --type"
        }
    }

    private static let most = 10
}
