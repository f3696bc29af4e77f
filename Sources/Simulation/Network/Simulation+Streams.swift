import Cluster
import MasterCore
import MesosAPI

/// Connections: in order and each item once, until they break.
extension Simulation {
    /// Sends an item to the client, in order with those before it.
    mutating func send(_ item: StreamItem, on id: UInt64) {
        guard let connection = network.connections[id], connection.isOpenAtMaster, !connection.isBroken else { return }
        guard network.path(connection.client).isOpenFromMaster else {
            network.connections[id]?.held.append(item)
            return
        }
        fly(item, on: id)
    }

    private mutating func fly(_ item: StreamItem, on id: UInt64) {
        guard let connection = network.connections[id] else { return }
        let arrival = max(now + delay(), connection.lastArrival)
        network.connections[id]?.inFlight.append(item)
        network.connections[id]?.lastArrival = arrival
        agenda.add(.delivery(connection: id), at: arrival)
    }

    mutating func itemArrives(_ id: UInt64) {
        guard let connection = network.connections[id], !connection.inFlight.isEmpty else { return }
        let item = network.connections[id]?.inFlight.removeFirst()
        guard let item, connection.isOpenAtClient else { return }
        // Whoever dialled is gone: its machine resets the connection.
        guard isAlive(connection) else { return closeAtClient(id) }
        if case .opened = item {
            guard let exchange = network.exchanges[connection.exchange], !exchange.isAnswered else { return closeAtClient(id) }
            network.exchanges[connection.exchange]?.isAnswered = true
            network.tidy(exchange: connection.exchange)
        }
        if case .end = item { network.connections[id]?.isOpenAtClient = false }
        switch connection.client {
        case .agent(let number): agentHears(number, item, on: id, connection)
        case .framework(let number): frameworkHears(number, item, on: id, connection)
        case .master: break
        }
        if case .end = item { network.tidy(connection: id) }
    }

    private func isAlive(_ connection: Connection) -> Bool {
        let process = self[process: connection.client]
        return process.isUp && process.life == connection.clientLife
    }

    /// The master's side ends a stream after what was written to it.
    mutating func closeAtMaster(_ id: UInt64) {
        guard network.connections[id]?.isOpenAtMaster == true else { return }
        send(.end, on: id)
        agenda.add(.masterNotices(connection: id), at: now)
    }

    /// The client's side leaves; the master's side notices when the way lets it.
    mutating func closeAtClient(_ id: UInt64, isSilent: Bool = false) {
        guard let connection = network.connections[id], connection.isOpenAtClient else { return }
        network.connections[id]?.isOpenAtClient = false
        network.connections[id]?.inFlight = []
        network.connections[id]?.held = []
        noticeAtMaster(id, of: connection.client, isSilent: isSilent)
    }

    mutating func closeAll(of client: Party, isSilent: Bool) {
        for id in network.connections(of: client) { closeAtClient(id, isSilent: isSilent) }
    }

    /// Plans that the master's machine learns of the end of a connection.
    mutating func noticeAtMaster(_ id: UInt64, of client: Party, isSilent: Bool = false) {
        let isHeard = !isSilent && network.path(client).isOpenToMaster
        agenda.add(.masterNotices(connection: id), at: now + (isHeard ? delay() : .time(options.faults.silence)))
    }

    mutating func masterNotices(_ id: UInt64) {
        guard let connection = network.connections[id], connection.isOpenAtMaster else { return }
        network.connections[id]?.isOpenAtMaster = false
        network.tidy(connection: id)
        guard master.process.isUp, master.process.life == connection.masterLife else { return }
        switch connection.client {
        case .agent: master.inbox.append(.agentStreamClosed(StreamID(id)))
        case .framework: master.inbox.append(.schedulerStreamClosed(StreamID(id)))
        case .master: return
        }
        wakeSoon(.master)
    }

    /// The network breaks a machine's connections: from some point on, nothing arrives any more.
    mutating func breakConnections(of client: Party) {
        for id in network.connections(of: client) {
            guard let connection = network.connections[id], connection.isOpenAtMaster, connection.isOpenAtClient else { continue }
            let kept = chance.number(0...connection.inFlight.count)
            network.connections[id]?.inFlight.removeLast(connection.inFlight.count - kept)
            network.connections[id]?.held = []
            let isUnnoticed = chance.happens(options.faults.unnoticedBreaks)
            let deafSide = isUnnoticed ? chance.number(0...1) : nil
            note("a connection of \(client) breaks\(isUnnoticed ? ", and one side does not notice" : "")")
            counts.losses += connection.inFlight.count - kept
            if deafSide != 0 { fly(.end, on: id) }
            // Whatever the master writes from now on goes nowhere.
            network.connections[id]?.isBroken = true
            noticeAtMaster(id, of: client, isSilent: deafSide == 1)
        }
    }

    /// The way to a machine is open again: what waited in the senders' buffers arrives.
    mutating func reconnect(_ client: Party) {
        guard let path = network.paths[client], !path.isOpen else { return }
        note("\(client) is reachable again")
        network.paths[client]?.isOpenToMaster = true
        network.paths[client]?.isOpenFromMaster = true
        network.paths[client]?.heldRequests = []
        for id in path.heldRequests { agenda.add(.request(exchange: id), at: now + delay()) }
        for id in network.connections(of: client) {
            let held = network.connections[id]?.held ?? []
            network.connections[id]?.held = []
            for item in held { fly(item, on: id) }
        }
    }
}
