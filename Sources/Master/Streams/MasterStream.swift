import HTTPService
import MesosMessages

/// Where the master's events go.
enum MasterStream: StreamEntry {
    case scheduler(EventStream<Mesos_V1_Scheduler_Event>)
    case agent(EventStream<Agora_V1_AgentEvent>)

    func finish() {
        switch self {
        case .scheduler(let stream): stream.finish()
        case .agent(let stream): stream.finish()
        }
    }
}
