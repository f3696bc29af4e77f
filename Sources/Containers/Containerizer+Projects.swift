import Cluster
import Glibc
import LinuxKernel
import Logging
import Synchronization

/// Projects of containers: each at the top has one, and each inside that has a limit of its own. What others inside have on the
/// disk belongs to the project of the nearest container around them that has one.
extension Containerizer {
    // MARK: For a launch

    /// Takes a project for a container that is to have one.
    func takeProject(for plan: inout LaunchPlan) throws(ContainerError) {
        let (id, facts) = (plan.id, plan.facts)
        guard let diskProjects, !facts.isSession, id.depth == 1 || facts.diskBytes != nil else { return }
        do throws(KernelError) {
            plan.facts.project = try diskProjects.take { project in state.withLock { $0.claim(project, for: id) } }
        } catch {
            return try doWithoutProject(id, "\(error)")
        }
        guard plan.facts.project == nil else { return }
        let range = diskProjects.range
        try doWithoutProject(
            id,
            "all projects from \(range.lowerBound) to \(range.upperBound) have files; remove old sandboxes, or give the agent more "
                + "(--container-disk-projects)"
        )
    }

    /// Puts all that a container has on the disk into its project, and limits it.
    func applyProject(of plan: inout LaunchPlan, sandbox: Folder, paths: RuntimeFolder.Paths) throws(ContainerError) {
        guard let diskProjects, let project = plan.facts.project ?? plan.projectAround else { return }
        do throws(KernelError) {
            if plan.facts.project != nil {
                guard try diskProjects.quotas.contains(sandbox) else {
                    throw KernelError("count \(sandbox.path), which is in another file system than \(runtime.writablePath)", code: EXDEV)
                }
                try diskProjects.quotas.limit(project, to: enforcedLimit(plan.facts))
                try sandbox.put(intoProject: project, entryLimit: Self.countedEntries)
            }
            let written =
                (plan.facts.hasOwnRoot ? [paths.upper, paths.work] : []) + paths.volumes.flatMap { ["\($0)/upper", "\($0)/work"] }
            for path in written { try Folder.open(path).put(intoProject: project, entryLimit: 0) }
        } catch {
            try doWithoutProject(plan.id, "\(error)")
            plan.facts.project = nil
            // What was put into it stays there, which must be no obstacle.
            try? diskProjects.quotas.limit(project, to: nil)
            try? runtime.append(ContainerRecord.line(ofProject: nil), to: plan.id)
        }
    }

    /// Where it need not have one, a container is measured.
    private func doWithoutProject(_ id: ContainerID, _ reason: String) throws(ContainerError) {
        guard configuration.diskAccounting == .auto else { throw .launchFailed(id, LaunchFailure(.sandbox, reason)) }
        logger.warning("the disk of a container is measured", metadata: ["container": "\(id)", "reason": "\(reason)"])
        state.withLock { state in state.tree.update(id) { $0.project = nil } }
    }

    private func enforcedLimit(_ facts: ContainerFacts) -> Int64? { configuration.enforcesDiskLimits ? facts.diskBytes : nil }

    // MARK: While it is there

    /// What the files of a container take, and those of the containers inside it; nothing if the kernel does not count them.
    func countedUsage(of id: ContainerID) -> Int64? {
        guard let diskProjects, let projects = state.withLock({ $0.projects(of: id) }) else { return nil }
        var sum: Int64 = 0
        for project in projects {
            guard let usage = try? diskProjects.quotas.usage(of: project) else { return nil }
            sum = sum.addingReportingOverflow(usage.bytes).partialValue
        }
        return sum
    }

    /// Has the kernel keep a container to the limit that its facts tell of.
    func limitProject(_ facts: ContainerFacts) throws(KernelError) {
        guard let diskProjects, let project = facts.project else { return }
        try diskProjects.quotas.limit(project, to: enforcedLimit(facts))
    }

    /// Has the kernel keep containers of an earlier process of ours to their limits, as this one wants it.
    func limitRestoredProjects() {
        for (id, node) in state.withLock({ $0.tree.nodes }) {
            guard let project = node.facts.project else { continue }
            do throws(KernelError) {
                if diskProjects == nil {
                    try ProjectQuotas(of: runtime.writable).limit(project, to: nil)
                } else {
                    try limitProject(node.facts)
                }
            } catch {
                logger.warning("a container's limit on disk was not set", metadata: ["container": "\(id)", "reason": "\(error)"])
            }
        }
    }

    // MARK: When it is gone

    /// Lifts the limit of what is left of a container that is being forgotten, and has it counted for the one around it.
    func returnProjects(_ projects: [UInt32], of id: ContainerID, sandbox: String?, rootSandbox: String?, to around: UInt32?) {
        guard let diskProjects, !projects.isEmpty else { return }
        do throws(KernelError) {
            for project in projects { try diskProjects.quotas.limit(project, to: nil) }
            guard let around, let sandbox, SandboxFolder.exists(sandbox) else { return }
            try SandboxFolder.open(sandbox, rootSandbox: rootSandbox).put(intoProject: around, entryLimit: Self.countedEntries)
        } catch {
            logger.info("what is left of a container is still counted", metadata: ["container": "\(id)", "reason": "\(error)"])
        }
    }
}

extension Containerizer.State {
    /// Gives a project to a container that is being launched, unless another has it.
    fileprivate mutating func claim(_ project: UInt32, for id: ContainerID) -> Bool {
        guard !tree.nodes.values.contains(where: { $0.facts.project == project }) else { return false }
        tree.update(id) { $0.project = project }
        return true
    }

    /// The project of the nearest container around one that has one.
    func projectAround(_ id: ContainerID) -> UInt32? {
        let around = id.parent.flatMap { tree.nearest($0) { $0.project != nil } }
        return around.flatMap { tree.nodes[$0]?.facts.project }
    }

    /// The projects of a container and of those inside it; nothing if it has none itself.
    func projects(of id: ContainerID) -> [UInt32]? {
        tree.nodes[id]?.facts.project == nil ? nil : projects(atAndBelow: id)
    }

    func projects(atAndBelow id: ContainerID) -> [UInt32] {
        let own = tree.nodes[id]?.facts.project
        return (own.map { [$0] } ?? []) + tree.children(of: id).flatMap { projects(atAndBelow: $0) }
    }
}
