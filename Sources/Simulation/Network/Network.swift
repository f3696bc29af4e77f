import Cluster
import MesosMessages

/// The way between the machine of an agent or a framework and that of the master.
struct Path: Sendable {
    var isOpenToMaster = true
    var isOpenFromMaster = true
    /// Counts the partitions, so that the end of an older one does not end a newer one.
    var partition: UInt64 = 0
    /// Requests that arrive once the way is open again.
    var heldRequests: [UInt64] = []

    var isOpen: Bool { isOpenToMaster && isOpenFromMaster }
}

/// The open answer to a SUBSCRIBE: events in order, each once, until it breaks.
struct Connection: Sendable {
    let client: Party
    let clientLife: UInt64
    /// How the client calls it.
    let number: UInt64
    /// The request that opened it.
    let exchange: UInt64
    let token: String
    let masterLife: UInt64
    /// What was sent and has not arrived, oldest first.
    var inFlight: [StreamItem] = []
    /// What waits for the way to be open, oldest first.
    var held: [StreamItem] = []
    /// When the newest item arrives: none arrives before an older one.
    var lastArrival = Timestamp(nanoseconds: .min)
    var isOpenAtMaster = true
    var isOpenAtClient = true
    /// Nothing more arrives, whether the sides know it or not.
    var isBroken = false
}

/// What comes over a connection.
enum StreamItem: Sendable {
    /// The answer's head: 200 and the `Mesos-Stream-Id`.
    case opened
    case scheduler(Mesos_V1_Scheduler_Event)
    case agent(Agora_V1_AgentEvent)
    /// The master's side closed, or the connection broke.
    case end
}

/// One request and its answer.
struct Exchange: Sendable {
    enum Request: Sendable {
        case agent(Agora_V1_AgentCall, token: String?)
        case scheduler(Mesos_V1_Scheduler_Call, token: String?)
    }

    let client: Party
    let clientLife: UInt64
    /// The client's number of the connection to which it belongs.
    let number: UInt64
    let request: Request
    let sent: Timestamp
    /// Whether it may still come to the master.
    var isUnderWay = true
    var isAnswered = false

    var isSubscribe: Bool {
        switch request {
        case .agent(let call, _): call.type == .subscribe
        case .scheduler(let call, _): call.type == .subscribe
        }
    }
}

/// All that is between the processes.
struct Network: Sendable {
    var connections: [UInt64: Connection] = [:]
    var exchanges: [UInt64: Exchange] = [:]
    var paths: [Party: Path] = [:]
    private var lastNumber: UInt64 = 0

    mutating func newNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    func path(_ party: Party) -> Path { paths[party] ?? Path() }

    /// A client's connections, oldest first.
    func connections(of client: Party) -> [UInt64] {
        connections.filter { $0.value.client == client }.map(\.key).sorted()
    }

    /// Forgets what can have no effect any more.
    mutating func tidy(connection id: UInt64) {
        guard let connection = connections[id], !connection.isOpenAtMaster, !connection.isOpenAtClient else { return }
        connections[id] = nil
    }

    mutating func tidy(exchange id: UInt64) {
        guard let exchange = exchanges[id], exchange.isAnswered, !exchange.isUnderWay else { return }
        exchanges[id] = nil
    }
}
