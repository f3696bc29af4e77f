import Cluster

/// What goes wrong, and how it ends.
extension Simulation {
    mutating func planFaults(of party: Party) {
        for kind in Fault.Kind.allCases { plan(Fault(kind: kind, party: party)) }
    }

    private mutating func plan(_ fault: Fault) {
        let rate = rate(of: fault)
        guard rate > 0 else { return }
        agenda.add(.fault(fault), at: now + chance.time(mean: .time(3600 / rate)))
    }

    /// How often per hour.
    private func rate(of fault: Fault) -> Double {
        let faults = options.faults
        switch (fault.kind, fault.party) {
        case (.crash, .master): return faults.masterCrashes
        case (.crash, .agent): return faults.agentCrashes
        case (.crash, .framework): return faults.frameworkCrashes
        case (.reboot, .agent): return faults.reboots
        case (.pause, _): return faults.pauses
        case (.clockJump, _): return faults.clockJumps
        case (.connectionBreak, .master), (.partition, .master), (.reboot, _): return 0
        case (.connectionBreak, _): return faults.connectionBreaks
        case (.partition, _): return faults.partitions
        }
    }

    mutating func happen(_ fault: Fault) {
        guard phase == .faulty else { return }
        let party = fault.party
        counts.faults += 1
        switch fault.kind {
        case .connectionBreak: breakConnections(of: party)
        case .partition: partition(party)
        case .crash: crash(party)
        case .reboot: crash(party, isPowerLoss: true)
        case .pause: pause(party)
        case .clockJump: jump(party)
        }
        plan(fault)
    }

    private mutating func partition(_ party: Party) {
        var path = network.path(party)
        let isOneWay = chance.happens(options.faults.oneWayPartitions)
        let onlyFromMaster = isOneWay && chance.happens(0.5)
        if !onlyFromMaster { path.isOpenToMaster = false }
        if !isOneWay || onlyFromMaster { path.isOpenFromMaster = false }
        path.partition += 1
        network.paths[party] = path
        note("\(party) is cut off\(isOneWay ? (onlyFromMaster ? ", it hears nothing" : ", it is not heard") : "")")
        let time = chance.time(mean: .time(options.faults.partitionTime))
        agenda.add(.relief(.heal(party, partition: path.partition)), at: now + time)
    }

    private mutating func pause(_ party: Party) {
        let time = chance.time(mean: .time(options.faults.pauseTime))
        note("\(party) stands still for \(time / .seconds(1)) s")
        self[process: party].pausedUntil = now + time
    }

    /// Clocks of our processes never run backwards, so they only jump ahead.
    private mutating func jump(_ party: Party) {
        let time = chance.time(mean: .time(options.faults.clockJumpTime))
        note("the clock of \(party) jumps ahead by \(time / .seconds(1)) s")
        self[process: party].clockLead += time
        wake(party, at: now)
    }

    mutating func happen(_ relief: Relief) {
        switch relief {
        case .restart(let party, let life):
            if self[process: party].life == life { start(party) }
        case .heal(let party, let partition):
            if network.path(party).partition == partition { reconnect(party) }
        }
    }

    /// The end of all faults: whoever is away comes back, whatever is cut off is heard again.
    package mutating func heal() {
        phase = .healing
        note("all faults are over")
        for party in parties {
            self[process: party].pausedUntil = now
            if party != .master { reconnect(party) }
            start(party)
            wake(party, at: now)
        }
        for number in frameworks.indices { frameworks[number].script.rest(drains: false) }
    }

    /// Frameworks end all they have.
    package mutating func drain() {
        phase = .draining
        note("the frameworks end all they have")
        for number in frameworks.indices {
            frameworks[number].script.rest(drains: true)
            wake(.framework(number), at: now)
        }
    }
}
