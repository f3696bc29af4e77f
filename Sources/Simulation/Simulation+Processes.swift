import Cluster

/// Processes: when they work, and how they begin and end.
extension Simulation {
    subscript(process party: Party) -> Process {
        get {
            switch party {
            case .master: master.process
            case .agent(let number): agents[number].process
            case .framework(let number): frameworks[number].process
            }
        }
        _modify {
            switch party {
            case .master: yield &master.process
            case .agent(let number): yield &agents[number].process
            case .framework(let number): yield &frameworks[number].process
            }
        }
    }

    /// Sees to it that a process works at a moment, or before.
    mutating func wake(_ party: Party, at moment: Timestamp) {
        let process = self[process: party]
        guard process.isUp else { return }
        let due = max(moment, now, process.pausedUntil)
        if let planned = process.wakesAt, planned <= due, planned >= now { return }
        self[process: party].wakesAt = due
        agenda.add(.work(party, life: process.life), at: due)
    }

    /// Something came in for a process: it works soon, and what comes meanwhile becomes one batch with it.
    mutating func wakeSoon(_ party: Party) {
        let latency = chance.time(in: .zero ... .milliseconds(1))
        wake(party, at: now + latency)
    }

    mutating func work(_ party: Party, life: UInt64) {
        let process = self[process: party]
        guard process.isUp, process.life == life, process.wakesAt == now else { return }
        self[process: party].wakesAt = nil
        guard process.pausedUntil <= now else { return wake(party, at: process.pausedUntil) }
        countRound(party)
        let deadline: Timestamp? =
            switch party {
            case .master: workMaster()
            case .agent(let number): workAgent(number)
            case .framework(let number): workFramework(number)
            }
        guard let deadline, self[process: party].life == life else { return }
        wake(party, at: self[process: party].moment(of: deadline))
    }

    /// A process that works on and on while no time passes would burn a processor.
    private mutating func countRound(_ party: Party) {
        self[process: party].rounds = self[process: party].lastWork == now ? self[process: party].rounds + 1 : 0
        self[process: party].lastWork = now
        if self[process: party].rounds > 1000 { checkers.fail("\(party) works on and on and no time passes") }
    }

    /// Begins a process with what is on its disk.
    mutating func start(_ party: Party) {
        guard !self[process: party].isUp else { return }
        self[process: party].begin()
        let life = self[process: party].life
        note("\(party) starts, life \(life)")
        switch party {
        case .master: startMaster()
        case .agent(let number): startAgent(number)
        case .framework(let number): startFramework(number)
        }
        wakeSoon(party)
    }

    /// Ends a process at once; what was not synced is lost.
    ///
    /// - Parameter isPowerLoss: nobody closes its connections.
    mutating func crash(_ party: Party, isPowerLoss: Bool = false) {
        guard self[process: party].isUp else { return }
        self[process: party].end()
        note("\(party) \(isPowerLoss ? "loses power" : "crashes")")
        counts.crashes += 1
        switch party {
        case .master: crashMaster()
        case .agent(let number): crashAgent(number, isPowerLoss: isPowerLoss)
        case .framework: break
        }
        if party != .master { closeAll(of: party, isSilent: isPowerLoss) }
        let downtime = phase == .faulty ? chance.time(mean: .time(options.faults.downtime)) : .seconds(1)
        agenda.add(.relief(.restart(party, life: self[process: party].life)), at: now + downtime)
    }

    /// Whether a process is to crash in the batch that it is working on.
    mutating func crashesNow() -> Bool {
        phase == .faulty && chance.happens(options.faults.crashesInBatch)
    }
}
