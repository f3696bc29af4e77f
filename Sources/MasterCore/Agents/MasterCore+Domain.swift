import MesosMessages

extension MasterCore {
    /// A master that does not know its own region cannot tell which agents are in others.
    func checkDomain(of agent: Mesos_V1_AgentInfo) throws(Problem) {
        guard agent.hasDomain, !configuration.masterInfo.hasDomain else { return }
        throw Problem("agent.domain: this master has none; start it with --domain, or the agent without")
    }
}
