import Cluster
import MasterCore
import MesosAPI
import MesosMessages

/// Requests and their answers.
extension Simulation {
    /// How long a message is under way.
    mutating func delay() -> Duration {
        if phase == .faulty, chance.happens(options.faults.slowMessages) { return chance.time(mean: .time(options.faults.slowness / 2)) }
        return chance.time(in: .microseconds(100) ... .milliseconds(3))
    }

    private mutating func isLost(_ ratio: Double) -> Bool {
        phase == .faulty && chance.happens(ratio)
    }

    /// Sends a request; `answerArrives` or the opened connection tells its sender what became of it, unless nothing does.
    mutating func post(_ request: Exchange.Request, by client: Party, number: UInt64) -> UInt64 {
        let id = network.newNumber()
        network.exchanges[id] = Exchange(
            client: client,
            clientLife: self[process: client].life,
            number: number,
            request: request,
            sent: now
        )
        counts.requests += 1
        if isLost(options.faults.lostRequests) {
            counts.losses += 1
            if chance.happens(options.faults.lateRequests) {
                agenda.add(.request(exchange: id), at: now + chance.time(in: .seconds(1) ... .seconds(120)))
            } else {
                network.exchanges[id]?.isUnderWay = false
            }
            answer(id, nil, after: delay() * 2)
        } else if network.path(client).isOpenToMaster {
            agenda.add(.request(exchange: id), at: now + delay())
        } else {
            network.paths[client]?.heldRequests.append(id)
            giveUp(id)
        }
        return id
    }

    /// Nothing comes back: the sender waits for as long as it waits. A SUBSCRIBE waits for its client's own deadline.
    private mutating func giveUp(_ id: UInt64) {
        guard let exchange = network.exchanges[id], !exchange.isSubscribe else { return }
        agenda.add(.answer(exchange: id, status: nil), at: max(now, exchange.sent + Self.requestTimeout))
    }

    private static let requestTimeout = Duration.seconds(30)

    private mutating func answer(_ id: UInt64, _ status: Int?, after delay: Duration) {
        agenda.add(.answer(exchange: id, status: status), at: now + delay)
    }

    mutating func requestArrives(_ id: UInt64) {
        guard let exchange = network.exchanges[id] else { return }
        network.exchanges[id]?.isUnderWay = false
        defer { network.tidy(exchange: id) }
        // Refused by the machine, as nothing listens there.
        guard master.process.isUp else { return answer(id, nil, after: delay()) }
        do throws(Refusal) {
            switch exchange.request {
            case .agent(let call, let token):
                try AgentCallValidation.check(call)
                if call.type == .subscribe { return master.inbox.append(.agentSubscribe(open(id, exchange), call)) }
                master.inbox.append(.agentCall(call, token: token, reply: ExchangeReply(id)))
            case .scheduler(let call, let token):
                try SchedulerCallValidation.check(call)
                if call.type == .subscribe { return master.inbox.append(.schedulerSubscribe(open(id, exchange), call)) }
                master.inbox.append(.schedulerCall(call, token: token, reply: ExchangeReply(id)))
            }
            master.unanswered.insert(id)
        } catch {
            masterAnswers(id, error.status)
        }
        wakeSoon(.master)
    }

    /// Opens the stream that a SUBSCRIBE asks for.
    private mutating func open(_ exchange: UInt64, _ opening: Exchange) -> NewStream {
        defer { wakeSoon(.master) }
        let id = network.newNumber()
        let token = "stream-\(id)"
        network.connections[id] = Connection(
            client: opening.client,
            clientLife: opening.clientLife,
            number: opening.number,
            exchange: exchange,
            token: token,
            masterLife: master.process.life
        )
        if opening.isAnswered || isLost(options.faults.lostAnswers) {
            // Its sender is gone, or will never know that it was heard.
            network.connections[id]?.isOpenAtClient = false
            answer(exchange, nil, after: delay())
            noticeAtMaster(id, of: opening.client)
        } else {
            send(.opened, on: id)
        }
        return NewStream(id: StreamID(id), token: token)
    }

    mutating func masterAnswers(_ id: UInt64, _ status: Int) {
        guard let exchange = network.exchanges[id] else { return }
        if isLost(options.faults.lostAnswers) {
            counts.losses += 1
            answer(id, nil, after: delay())
        } else if network.path(exchange.client).isOpenFromMaster {
            answer(id, status, after: delay())
        } else {
            giveUp(id)
        }
    }

    mutating func answerArrives(_ id: UInt64, _ status: Int?) {
        guard let exchange = network.exchanges[id], !exchange.isAnswered else { return }
        network.exchanges[id]?.isAnswered = true
        network.tidy(exchange: id)
        guard self[process: exchange.client].life == exchange.clientLife, self[process: exchange.client].isUp else { return }
        switch exchange.client {
        case .agent(let number): agentHearsAnswer(number, id, exchange, status)
        case .framework(let number): frameworkHearsAnswer(number, id, exchange, status)
        case .master: break
        }
    }
}

/// Where the master's answer to a request goes.
final class ExchangeReply: ReplyAddress {
    let exchange: UInt64

    init(_ exchange: UInt64) {
        self.exchange = exchange
    }
}
