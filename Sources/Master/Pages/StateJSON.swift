import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages

/// The older `/state`: the whole cluster in one JSON object, with the keys of Mesos.
struct StateJSON {
    let state: ClusterState
    let build: BuildInfo
    let flags: [(name: String, value: String)]
    private let isLarge: Bool

    init(_ reading: StateReading, build: BuildInfo) {
        state = reading.state
        self.build = build
        flags = reading.flags
        isLarge = reading.isLarge
    }

    /// The whole object.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            build.write(to: &writer)
            writeMaster(&writer)
            writer.flags(flags)
            if isLarge { writer.handOver() }
            let usage = ClusterUsage(state)
            writeAgents(&writer, usage)
            writer.frameworks(state, usage, only: nil)
            writer.strings("orphan_tasks", [String]())
        }
    }

    private func writeMaster(_ writer: inout JSONWriter) {
        let info = state.masterInfo
        writer.field("id", info.id)
        writer.field("pid", info.pid)
        writer.field("hostname", info.hostname)
        writer.field("leader", info.pid)
        writer.object("leader_info") { writer in
            writer.field("id", info.id)
            writer.field("pid", info.pid)
            writer.field("port", Int(info.port))
            writer.field("hostname", info.hostname)
        }
        writer.field("start_time", state.started.seconds)
        writer.field("elected_time", state.started.seconds)
        writer.strings("capabilities", info.capabilities.map { $0.type.name })
        if info.hasDomain { writer.field("domain", json: MesosJSON.encode(info.domain)) }
    }

    private func writeAgents(_ writer: inout JSONWriter, _ usage: ClusterUsage) {
        let active = state.agents.values.count(where: state.isActive)
        writer.field("activated_slaves", Double(active))
        writer.field("deactivated_slaves", Double(state.agents.count - active))
        writer.field("unreachable_slaves", Double(state.unreachableAgents.count))
        writer.array("slaves", state.agents.values.sorted { $0.id < $1.id }) { writer, agent in
            writer.object { $0.agent(agent, state, usage) }
        }
        writer.recoveredAgents(state, only: nil)
    }
}

extension JSONWriter {
    /// `"flags": {…}`.
    mutating func flags(_ flags: [(name: String, value: String)]) {
        object("flags") { writer in
            for flag in flags { writer.field(flag.name, flag.value) }
        }
    }
}
