import Cluster
import MesosMessages

/// What a framework does of its own accord every few seconds.
extension ScriptedFramework {
    mutating func runErrand(at now: Timestamp) {
        nextErrand = now + (isResting ? .seconds(20) : chance.time(in: .seconds(1) ... .seconds(15)))
        if isDraining {
            for task in stored.tasks.keys { stored.tasks[task]?.isKillWanted = true }
        } else if !isResting {
            chooseVictim()
            if traits.character == .drowsy { changeMood() }
        } else if isSuppressed {
            isSuppressed = false
            post(.revive)
        }
        repeatKills()
    }

    private mutating func chooseVictim() {
        guard chance.happens(traits.character == .killer ? 0.7 : 0.1) else { return }
        let alive = stored.tasks.values.filter { $0.state.isBelievedAlive }.map(\.id).sorted()
        if let victim = chance.pick(alive) { stored.tasks[victim]?.isKillWanted = true }
    }

    /// A KILL may be lost with its agent or its master: it is sent until the task is over.
    private mutating func repeatKills() {
        for task in stored.tasks.values.filter({ $0.isKillWanted && $0.state.isBelievedAlive }).sorted(by: { $0.id < $1.id }) {
            let grace = chance.happens(0.3) ? Int64(chance.number(0...5)) * 1_000_000_000 : nil
            let namesAgent = chance.happens(0.5)
            post(.kill) { call in
                call.kill.taskID.value = task.id.value
                if namesAgent { call.kill.agentID.value = task.agent.value }
                if let grace { call.kill.killPolicy.gracePeriod.nanoseconds = grace }
            }
        }
    }

    private mutating func changeMood() {
        let wantsOffers = aliveCount < traits.work.tasksPerFramework
        if wantsOffers, isSuppressed || chance.happens(0.2) {
            isSuppressed = false
            post(.revive)
        } else if !wantsOffers, !isSuppressed {
            isSuppressed = true
            post(.suppress)
        }
    }
}
