import AgentCore
import MesosMessages

/// What an agent's shell knows of its connection: one stream, and calls that are sent one after another.
struct AgentLink: Sendable {
    var number: UInt64 = 0
    /// The SUBSCRIBE that is not answered.
    var subscribing: UInt64?
    var connection: UInt64?
    var token: String?
    var queue: [Agora_V1_AgentCall] = []
    /// The call that is not answered.
    var calling: UInt64?
    var isOver = true

    /// Updates that wait behind each other become one call.
    mutating func add(_ call: Agora_V1_AgentCall) {
        if call.type == .updateStatus, let last = queue.indices.last, queue[last].type == .updateStatus {
            queue[last].updateStatus.updates += call.updateStatus.updates
        } else {
            queue.append(call)
        }
    }
}

extension Simulation {
    mutating func dial(_ number: Int, _ connection: UInt64, _ call: Agora_V1_AgentCall) {
        leave(number)
        agents[number].link = AgentLink()
        agents[number].link.number = connection
        agents[number].link.isOver = false
        note("agent-\(number) dials, connection \(connection), with \(call.subscribe.tasks.count) tasks")
        agents[number].link.subscribing = post(.agent(call, token: nil), by: .agent(number), number: connection)
    }

    mutating func hangUp(_ number: Int, _ connection: UInt64) {
        guard agents[number].link.number == connection, !agents[number].link.isOver else { return }
        loseLink(number, "the agent closed it")
    }

    mutating func enqueue(_ call: Agora_V1_AgentCall, of number: Int, _ connection: UInt64) {
        guard agents[number].link.number == connection, !agents[number].link.isOver else { return }
        agents[number].link.add(call)
        callNext(number)
    }

    private mutating func callNext(_ number: Int) {
        let link = agents[number].link
        guard let token = link.token, link.calling == nil, let call = link.queue.first else { return }
        agents[number].link.queue.removeFirst()
        note("agent-\(number) > \(Words.of(call))")
        agents[number].link.calling = post(.agent(call, token: token), by: .agent(number), number: link.number)
    }

    mutating func agentHears(_ number: Int, _ item: StreamItem, on id: UInt64, _ connection: Connection) {
        let link = agents[number].link
        guard link.number == connection.number, !link.isOver else { return closeAtClient(id) }
        switch item {
        case .opened:
            agents[number].link.subscribing = nil
            agents[number].link.connection = id
            agents[number].link.token = connection.token
            callNext(number)
        case .agent(let event):
            agents[number].inbox.append(.event(connection: connection.number, event))
            wakeSoon(.agent(number))
        case .end: loseLink(number, "the master closed the stream")
        case .scheduler: break
        }
    }

    mutating func agentHearsAnswer(_ number: Int, _ id: UInt64, _ exchange: Exchange, _ status: Int?) {
        let link = agents[number].link
        guard link.number == exchange.number, !link.isOver, link.calling == id || link.subscribing == id else { return }
        guard link.calling == id, let status, (200..<300).contains(status) else {
            return loseLink(number, status.map { "the master answers \($0)" } ?? "a call failed")
        }
        agents[number].link.calling = nil
        callNext(number)
    }

    private mutating func loseLink(_ number: Int, _ reason: String) {
        leave(number)
        agents[number].inbox.append(.linkLost(connection: agents[number].link.number, reason: reason))
        wakeSoon(.agent(number))
    }

    /// Closes what is open, without a word to the core.
    private mutating func leave(_ number: Int) {
        let link = agents[number].link
        agents[number].link.isOver = true
        if let exchange = link.subscribing { abandon(exchange) }
        if let connection = link.connection { closeAtClient(connection) }
    }

    /// The sender waits for the answer no more.
    mutating func abandon(_ exchange: UInt64) {
        network.exchanges[exchange]?.isAnswered = true
        for (id, connection) in network.connections where connection.exchange == exchange { closeAtClient(id) }
        network.tidy(exchange: exchange)
    }
}
