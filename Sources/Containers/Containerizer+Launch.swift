import Cluster
import Glibc
import LinuxKernel
import Logging
import Synchronization

extension Containerizer {
    /// Launches a container and returns once its command runs. A command that cannot be run ends with status 127 or 126,
    /// as of a shell, and a line in its stderr; everything else that goes wrong throws, and leaves nothing behind.
    public func launch(_ spec: ContainerSpec) async throws(ContainerError) -> ContainerStatus {
        try spec.validate()
        var spec = spec
        if spec.id.parent == nil || !spec.sharesCgroup { spec.limits = configuration.limits.applied(to: spec.limits, of: spec.id) }
        let planned = spec
        let mapping = mapping(of: spec)
        let gpus = configuration.confinement.gpus
        let reserved = state.withLock { state in
            Result { () throws(ContainerError) in try state.reserve(planned, mapping, gpus) }
        }
        let plan = try reserved.get()
        return try await result { completion in
            work(withNetworks: plan.facts.hasOwnNetwork) { self.begin(plan, completion) }
        }
    }

    /// How a container gets into a user namespace, if it may.
    private func mapping(of spec: ContainerSpec) -> ContainerTree.Mapping? {
        let rules = configuration.confinement
        guard case .image = spec.root, rules.userMapping.allows(spec, rules, folders: [runtime.writablePath]) else { return nil }
        return ContainerTree.Mapping(base: rules.firstUserID, needsOwnNetwork: rules.userMapping == .auto)
    }

    private func begin(_ plan: LaunchPlan, _ completion: @escaping Completion<ContainerStatus>) {
        var plan = plan
        var isSandboxNew = false
        do {
            let preparation = try prepare(&plan, isSandboxNew: &isSandboxNew)
            try start(plan, preparation, completion)
        } catch {
            abandon(plan, isSandboxNew: isSandboxNew)
            completion(.failure(error))
        }
    }

    // MARK: Before there is a process

    private func prepare(_ plan: inout LaunchPlan, isSandboxNew: inout Bool) throws(ContainerError) -> LaunchPreparation {
        let id = plan.id
        let confinement = try resolve(plan)
        try takeProject(for: &plan)
        let userNamespace = try during(.namespace, of: id) { () throws(KernelError) in
            try plan.facts.firstID.map { first throws(KernelError) in try userNamespaces.namespace(first: first) }
        }
        plan.preparedRoot = takeRoot(for: plan)
        let (record, paths) = try during(.record, of: id) { () throws(KernelError) in try writeRecord(plan) }
        let sandbox = try during(.sandbox, of: id) { () throws(KernelError) in
            let sandbox = try SandboxFolder(making: plan.spec.sandbox, rootSandbox: plan.rootSandbox)
            for folder in plan.spec.sharedFolders { try sandbox.makeOpen(folder.path) }
            return sandbox
        }
        isSandboxNew = sandbox.isNew
        try applyProject(of: &plan, sandbox: sandbox.folder, paths: paths)
        let entrance = try during(.cgroup, of: id) { () throws(KernelError) in try makeCgroup(plan, confinement) }
        try joinNetworks(&plan, owner: userNamespace)
        return try during(.process, of: id) { () throws(KernelError) in
            try LaunchPreparation(
                plan,
                sandbox: sandbox,
                record: record,
                paths: paths,
                entrance: entrance,
                confinement: confinement,
                userNamespace: userNamespace,
                cgroups: cgroups
            )
        }
    }

    private func resolve(_ plan: LaunchPlan) throws(ContainerError) -> ResolvedConfinement {
        do throws(LaunchFailure) {
            return try ResolvedConfinement(plan, rules: configuration.confinement)
        } catch {
            throw .launchFailed(plan.id, error)
        }
    }

    private func writeRecord(_ plan: LaunchPlan) throws(KernelError) -> (Descriptor, RuntimeFolder.Paths) {
        let (folder, paths) = try runtime.make(plan.id, plan.facts, plan.preparedRoot)
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_EXCL
        let record = try folder.file(ContainerRecord.fileName, flags: flags, mode: 0o600)
        var content = ContainerRecord(boot: boot, facts: plan.facts)
        content.setting = plan.setting
        content.isSandboxNew = !SandboxFolder.exists(plan.spec.sandbox)
        try record.write(content.opening, describedAs: "the record of container \(plan.id)")
        return (record, paths)
    }

    private func makeCgroup(_ plan: LaunchPlan, _ confinement: ResolvedConfinement) throws(KernelError) -> CgroupEntrance {
        let own = ContainerCgroups.path(of: plan.id)
        if let limits = plan.facts.limits {
            try cgroups.layout.makeLimiting(own, limits)
        } else if plan.facts.isTracked {
            try cgroups.layout.makeTracking(own)
        }
        if let rules = confinement.deviceRules { try cgroups.layout.limitDevices(own, to: rules) }
        return try cgroups.layout.entrance(to: plan.cgroups)
    }

    /// Says in which stage of a launch a call failed.
    private func during<Value>(
        _ stage: LaunchFailure.Stage,
        of id: ContainerID,
        _ call: () throws(KernelError) -> Value
    ) throws(ContainerError) -> Value {
        do {
            return try call()
        } catch {
            throw .launchFailed(id, LaunchFailure(stage, "\(error)"))
        }
    }

    // MARK: From the process to its report

    private func start(
        _ plan: LaunchPlan,
        _ preparation: LaunchPreparation,
        _ completion: @escaping Completion<ContainerStatus>
    ) throws(ContainerError) {
        let id = plan.id
        let process = try spawn(plan, preparation)
        let timeout = events.after(configuration.launchTimeout) { [self] in
            failLaunch(of: id, LaunchFailure(.process, "it took longer than \(configuration.launchTimeout)"))
        }
        let pending = PendingLaunch(
            plan: plan,
            control: preparation.control,
            isSandboxNew: preparation.isSandboxNew,
            timeout: timeout,
            completion: completion
        )
        state.withLock { $0.entries[id] = Entry(process: process, pending: pending) }
        do {
            try watchProcess(of: id, process)
        } catch {
            events.cancel(timeout)
            state.withLock { state in state.entries[id] = nil }
            process.killAndReap()
            throw .launchFailed(id, LaunchFailure(.process, "\(error)"))
        }
        // From here on the process's end brings the answer.
        do {
            try follow(id, process, preparation)
        } catch {
            failLaunch(of: id, LaunchFailure(.record, "\(error)"))
        }
    }

    private func spawn(_ plan: LaunchPlan, _ preparation: LaunchPreparation) throws(ContainerError) -> Pidfd {
        let spawn = Spawn(
            executable: program,
            name: "agora-init",
            descriptors: preparation.descriptors(input: input, parent: plan.parent),
            pidNamespace: plan.parent,
            isFirstOfPIDNamespace: !plan.facts.sharesPIDNamespace,
            cgroup: preparation.entrance.birthplace
        )
        do {
            return try spawn.start()
        } catch {
            let isNested = plan.parent != nil
            if isNested && error.code == ESRCH { throw .parentUnknown(plan.id, reason: "has ended") }
            // What the kernel says to a pid namespace below the deepest (pid_namespaces(7)).
            if isNested && !plan.facts.sharesPIDNamespace && error.code == ENOSPC { throw .tooDeep(plan.id) }
            // By v2 it is born in its cgroup, whose memory it needs for that.
            if error.code == ENOMEM, let limit = plan.facts.limits?.memoryBytes {
                throw .launchFailed(plan.id, LaunchFailure(.cgroup, "\(error), with a memory limit of \(limit) bytes"))
            }
            throw .launchFailed(plan.id, LaunchFailure(.process, "\(error)"))
        }
    }

    /// Writes down the process before it gets leave to run the command: whatever happens to us, the command then either
    /// runs in a container that can be found again, or never does.
    private func follow(_ id: ContainerID, _ process: Pidfd, _ preparation: LaunchPreparation) throws(KernelError) {
        let known = ContainerProcess(pid: process.pid, startTicks: try ProcessStart.ticks(of: process.pid))
        try preparation.record.write(ContainerRecord.line(of: known), describedAs: "the record of container \(id)")
        _ = try events.watch(preparation.control) { [self] in readReport(of: id) }
        let actions = state.withLock { $0.tree.attach(known, to: id) }
        guard actions.isEmpty else { return perform(actions) }
        try preparation.giveLeave()
    }

    // MARK: The report

    /// Takes the report of a container's first process, if it is there. Called on the thread of events only.
    func readReport(of id: ContainerID) {
        guard let pending = state.withLock({ $0.entries[id]?.pending }),
            let report = InitReport.receive(from: pending.control)
        else { return }
        switch report {
        case .failed(let failure): state.withLock { $0.entries[id]?.pending?.failure = failure }
        case .started(let terminal):
            if case .session(let session) = pending.plan.spec.streams.output { session.set { $0.terminal = terminal } }
            launchSucceeded(id, pending)
        }
    }

    private func launchSucceeded(_ id: ContainerID, _ pending: PendingLaunch) {
        let status = state.withLock { state -> ContainerStatus? in
            guard state.tree.confirm(id) else { return nil }
            state.entries[id]?.pending = nil
            return state.tree.status(of: id)
        }
        // Without a status it was destroyed meanwhile; the end of its process will bring the answer.
        guard let status else { return }
        events.cancel(pending.timeout)
        if pending.plan.facts.hasOwnRoot { holdMounts(of: id) }
        pending.completion(.success(status))
        prepareRootsSoon()
    }

    private func holdMounts(of id: ContainerID) {
        guard let process = state.withLock({ $0.entries[id]?.process }) else { return }
        // Only saves time later; one that has ended already needs none.
        let mounts = try? process.mountNamespace()
        state.withLock { $0.entries[id]?.mounts = mounts }
    }

    private func failLaunch(of id: ContainerID, _ failure: LaunchFailure) {
        let process = state.withLock { state -> Pidfd? in
            guard let entry = state.entries[id], entry.pending != nil else { return nil }
            if entry.pending?.failure == nil { state.entries[id]?.pending?.failure = failure }
            return entry.process
        }
        try? process?.send(signal: Signal.kill)
    }

    // MARK: When it failed

    /// The process of a launch has ended without success.
    func launchFailed(_ id: ContainerID, waitStatus: Int32) {
        let (entry, isDoomed) = state.withLock { ($0.entries.removeValue(forKey: id), $0.tree.nodes[id]?.isDoomed == true) }
        guard let pending = entry?.pending else { return }
        events.cancel(pending.timeout)
        work(withNetworks: pending.plan.facts.hasOwnNetwork) { [self] in
            let failure = pending.failure ?? lastReport(of: pending) ?? unreported(pending.plan, isDoomed: isDoomed, waitStatus: waitStatus)
            abandon(pending.plan, isSandboxNew: pending.isSandboxNew)
            pending.completion(.failure(.launchFailed(id, failure)))
        }
    }

    /// What it said last: its end may be seen before its words.
    private func lastReport(of pending: PendingLaunch) -> LaunchFailure? {
        guard case .failed(let failure) = InitReport.receive(from: pending.control) else { return nil }
        return failure
    }

    private func unreported(_ plan: LaunchPlan, isDoomed: Bool, waitStatus: Int32) -> LaunchFailure {
        guard !isDoomed else { return LaunchFailure(.destroyed, "it was destroyed before it was ready") }
        let home = ContainerCgroups.path(of: plan.limiting)
        if let limit = plan.facts.limits?.memoryBytes, cgroups.layout.memoryKills(in: home) > 0 {
            return LaunchFailure(.cgroup, "the memory limit of \(limit) bytes is too small to set the container up")
        }
        return LaunchFailure(.process, "the container's first process ended with wait status \(waitStatus) before it was ready")
    }

    /// Removes all that a launch has made, whose processes are gone, and frees its name.
    private func abandon(_ plan: LaunchPlan, isSandboxNew: Bool) {
        let id = plan.id
        let path = ContainerCgroups.path(of: id)
        if plan.facts.sharesPIDNamespace { cgroups.layout.killAll(in: path) }
        if plan.facts.hasOwnNetwork { leaveNetworks(id) }
        do {
            try removeCgroup(at: path)
            if isSandboxNew { try SandboxFolder.remove(plan.spec.sandbox, rootSandbox: plan.rootSandbox) }
            if let project = state.withLock({ $0.tree.nodes[id]?.facts.project }) {
                returnProjects([project], of: id, sandbox: plan.spec.sandbox, rootSandbox: plan.rootSandbox, to: plan.projectAround)
            }
            // Last, as by it the rest is found again.
            try runtime.remove(id)
        } catch {
            logger.error("something is left of a failed launch", metadata: ["container": "\(id)", "reason": "\(error)"])
        }
        let (actions, waiters) = state.withLock { state in
            (state.tree.discard(id), state.waiters.removeValue(forKey: id) ?? [])
        }
        for waiter in waiters { waiter(.failure(.unknown(id))) }
        perform(actions)
    }

    private func removeCgroup(at path: String) throws(KernelError) {
        // A process that has ended counts as gone only a moment later.
        for pause in 0..<10 {
            if try cgroups.layout.remove(path) { return }
            usleep(1000 << UInt32(pause))
        }
        throw KernelError("remove the cgroup of a failed launch", code: EBUSY)
    }
}

extension Containerizer.State {
    /// Takes the name of a container for its launch.
    fileprivate mutating func reserve(
        _ spec: ContainerSpec,
        _ mapping: ContainerTree.Mapping?,
        _ gpus: GPUDevices
    ) throws(ContainerError) -> LaunchPlan {
        let id = spec.id
        guard !isStopped else { throw .unusable(reason: "the agent is stopping") }
        guard !removing.contains(id) else { throw .alreadyExists(id) }
        if let parent = id.parent, removing.contains(parent) { throw .parentUnknown(id, reason: "is being removed") }
        let parentFacts = id.parent.flatMap { tree.nodes[$0]?.facts }
        var facts = LaunchPlan.facts(of: spec, parent: parentFacts)
        facts.firstID = try tree.firstID(for: id, facts, mapping)
        facts.gpus = try tree.gpus(for: id, count: spec.gpus, of: gpus)
        // With an image, devices that are not in its /dev cannot be had.
        facts.isKeptFromGPUs = !gpus.devices.isEmpty && !facts.hasImageRoot && facts.limits != nil && spec.command != nil
        _ = try tree.reserve(id, facts: facts)
        return LaunchPlan(
            spec: spec,
            facts: facts,
            parent: id.parent.flatMap { entries[$0]?.process },
            parentSandbox: parentFacts?.sandbox,
            parentMemory: parentFacts.map(LaunchPlan.memoryPlaces) ?? [:],
            rootSandbox: rootSandbox(of: id),
            limiting: tree.nearest(id) { $0.limits != nil } ?? id,
            tracking: tree.nearest(id, where: \.isTracked) ?? id,
            networkHome: tree.nearest(id, where: \.hasOwnNetwork),
            processors: tree.nearest(id) { $0.limits?.processors != nil },
            disks: tree.nearest(id) { $0.limits?.concernsDisks == true },
            projectAround: projectAround(id)
        )
    }
}
