import Cluster
import HashTreeCollections
import MesosAPI
import MesosMessages

/// Planned maintenance: machines that are going to leave (DRAINING: frameworks are told and asked to go), that have left (DOWN:
/// their agents are shut down and kept out), and that are back (UP: out of the schedule).
extension MasterCore {
    mutating func updateSchedule(_ schedule: Mesos_V1_Maintenance_Schedule) throws(Refusal) {
        let field = "update_maintenance_schedule.schedule"
        let machines = try MaintenanceValidation.check(schedule, field: field)
        if let missing = state.maintenance.down.subtracting(machines).min(by: { $0.words < $1.words }) {
            throw .invalid("\(field): machine \(missing.words) is missing, which is DOWN; STOP_MAINTENANCE takes it out")
        }
        put(Maintenance(schedule: schedule, down: state.maintenance.down))
        log(.info, "maintenance schedule updated by an operator", ["machines": "\(machines.count)"])
    }

    mutating func startMaintenance(_ ids: [Mesos_V1_MachineID]) throws(Refusal) {
        let machines = try MaintenanceValidation.check(ids, field: "start_maintenance.machines")
        for machine in machines {
            guard state.maintenance.contains(machine) else {
                throw .invalid(
                    "start_maintenance.machines: \(machine.words) is not in the schedule; UPDATE_MAINTENANCE_SCHEDULE puts it in"
                )
            }
            guard !state.maintenance.down.contains(machine) else {
                throw .invalid("start_maintenance.machines: \(machine.words) is DOWN already")
            }
        }
        put(Maintenance(schedule: state.maintenance.schedule, down: state.maintenance.down.union(machines)))
        for machine in machines { log(.info, "machine is taken down by an operator", ["machine": machine.words]) }
        for agent in state.agents.values.sorted(by: { $0.id < $1.id }) where isDown(agent.info.hostname, agent.ip) { takeDown(agent) }
    }

    mutating func stopMaintenance(_ ids: [Mesos_V1_MachineID]) throws(Refusal) {
        let machines = try MaintenanceValidation.check(ids, field: "stop_maintenance.machines")
        for machine in machines where !state.maintenance.down.contains(machine) {
            throw .invalid("stop_maintenance.machines: \(machine.words) is not DOWN; START_MAINTENANCE takes machines down")
        }
        put(state.maintenance.lifting(Set(machines)))
        for machine in machines { log(.info, "machine is up again", ["machine": machine.words]) }
    }

    /// Whether an agent's machine is down, so that it may not be here.
    func isDown(_ hostname: String, _ ip: String?) -> Bool {
        guard let machine = state.maintenance.machine(hostname: hostname, ip: ip) else { return false }
        return state.maintenance.down.contains(machine)
    }

    /// Tells an agent of a machine that is down to end with all that runs on it.
    mutating func refuseDown(_ hostname: String, on stream: StreamID) {
        let text = "the machine \(hostname.shortened) is down for maintenance; start the agent again when STOP_MAINTENANCE has ended that"
        emit(.sendToAgent(stream, .shutdown(text)))
        emit(.closeStream(stream))
    }

    private mutating func takeDown(_ agent: AgentEntry) {
        forgetAgent(agent.id)
        remove(agent.id, because: .maintenance)
        guard let stream = agent.stream else { return }
        agentStreams[stream] = nil
        deadlines.remove(.agentHeartbeat(stream))
        refuseDown(agent.info.hostname, on: stream)
    }

    /// Takes over a new state of affairs: offers of agents for which it differs are made anew, and so are the requests to leave.
    private mutating func put(_ maintenance: Maintenance) {
        state.maintenance = maintenance
        emit(.persist(.setMaintenance(maintenance)))
        for agent in state.agents.values.sorted(by: { $0.id < $1.id }) {
            let unavailability = unavailability(of: agent)
            guard unavailability != agent.unavailability else { continue }
            state.agents[agent.id]?.unavailability = unavailability
            rescindOffers(of: agent.id)
            withdrawInverseOffers(of: agent.id)
            askToLeave(agent.id)
            allocateSoon()
        }
    }

    /// When the machine of an agent is not there.
    func unavailability(of agent: AgentEntry) -> Mesos_V1_Unavailability? {
        state.maintenance.unavailability(of: state.maintenance.machine(hostname: agent.info.hostname, ip: agent.ip))
    }
}
