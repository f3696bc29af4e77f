import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

extension MasterCore {
    /// Takes over a framework's new description, suppressed roles and constraints: all of them, or none if one is not valid.
    mutating func updateFramework(_ call: Mesos_V1_Scheduler_Call.UpdateFramework, of id: FrameworkID) throws(Refusal) {
        guard let known = state.frameworks[id] else { return }
        let subscription: ValidSubscription
        do throws(Problem) {
            subscription = try FrameworkValidation.check(
                call.frameworkInfo,
                suppressed: call.suppressedRoles,
                constraints: call.offerConstraints,
                limits: configuration.limits
            )
            try FrameworkValidation.checkUpdate(of: known.info, to: call.frameworkInfo)
        } catch {
            throw .invalid("update_framework.\(error)")
        }
        var framework = known
        framework.describe(by: subscription, call.frameworkInfo)
        state.frameworks[id] = framework
        if framework.info != known.info { keep(id) }
        rescindOffers(of: id) { !subscription.roles.contains($0.role) }
        updateInAllocator(id, terms: subscription.terms)
        tellAgents(of: framework, insteadOf: known.info)
        showFramework(id)
        log(.info, "framework updated", ["framework": id.value, "name": framework.info.name])
    }

    /// Tells the agents that run something of a framework what it is now, if that is another than before.
    mutating func tellAgents(of framework: FrameworkEntry, insteadOf former: Mesos_V1_FrameworkInfo) {
        guard framework.info != former else { return }
        for agent in agents(running: framework) {
            guard let stream = state.agents[agent]?.stream else { continue }
            emit(.sendToAgent(stream, .updateFramework(framework.info)))
        }
    }
}

extension FrameworkEntry {
    /// Takes over a description that was found valid; user and checkpointing stay as they were.
    mutating func describe(by subscription: ValidSubscription, _ new: Mesos_V1_FrameworkInfo) {
        var named = new
        named.id = id.message
        named.user = info.user
        if info.hasCheckpoint || new.hasCheckpoint { named.checkpoint = info.checkpoint }
        info = named
        roles = subscription.roles
        capabilities = subscription.capabilities
        suppressed = subscription.suppressed
        offerConstraints = subscription.offerConstraints
    }
}
