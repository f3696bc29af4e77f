import Cluster

/// What every process has: a life, a clock, and moments at which it does nothing.
struct Process: Sendable {
    var isUp = false
    /// Counts the starts: what was meant for a former life is void.
    var life: UInt64 = 0
    /// Until when it stands still.
    var pausedUntil = Timestamp(nanoseconds: .min)
    /// How far its clock is ahead of the true time.
    var clockLead = Duration.zero
    /// The soonest planned moment of work.
    var wakesAt: Timestamp?
    /// How often it worked without time having passed.
    var rounds = 0
    var lastWork = Timestamp(nanoseconds: .min)

    /// What its clock shows.
    func clock(at now: Timestamp) -> Timestamp { now + clockLead }

    /// When its clock shows that moment.
    func moment(of shown: Timestamp) -> Timestamp { shown - clockLead }

    mutating func begin() {
        isUp = true
        life += 1
        wakesAt = nil
        rounds = 0
    }

    mutating func end() {
        isUp = false
        wakesAt = nil
    }
}

extension Timestamp {
    static func - (moment: Timestamp, duration: Duration) -> Timestamp {
        moment + .nanoseconds(-duration.clampedNanoseconds)
    }
}
