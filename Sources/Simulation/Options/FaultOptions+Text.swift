/// A knob of ``FaultOptions`` by its name on the command line.
public struct FaultKnob: Sendable {
    /// What a knob's number counts.
    public enum Unit: String, Sendable {
        /// Between 0 and 1.
        case ratio
        /// Per hour.
        case rate = "rate per hour"
        /// A time.
        case seconds = "time in seconds"
    }

    /// As "lost-answers".
    public let name: String
    /// What its number counts.
    public let unit: Unit
    let path: any WritableKeyPath<FaultOptions, Double> & Sendable

    private init(_ name: String, _ unit: Unit, _ path: any WritableKeyPath<FaultOptions, Double> & Sendable) {
        self.name = name
        self.unit = unit
        self.path = path
    }

    /// The greatest number that the knob takes.
    public var maximum: Double {
        switch unit {
        case .ratio: 1
        case .rate: 3600
        case .seconds: 86_400
        }
    }

    /// All knobs, in the order of ``FaultOptions``.
    public static let all = [
        FaultKnob("connection-breaks", .rate, \.connectionBreaks),
        FaultKnob("unnoticed-breaks", .ratio, \.unnoticedBreaks),
        FaultKnob("silence", .seconds, \.silence),
        FaultKnob("lost-requests", .ratio, \.lostRequests),
        FaultKnob("lost-answers", .ratio, \.lostAnswers),
        FaultKnob("late-requests", .ratio, \.lateRequests),
        FaultKnob("overtaking-calls", .ratio, \.overtakingCalls),
        FaultKnob("slow-messages", .ratio, \.slowMessages),
        FaultKnob("slowness", .seconds, \.slowness),
        FaultKnob("partitions", .rate, \.partitions),
        FaultKnob("one-way-partitions", .ratio, \.oneWayPartitions),
        FaultKnob("partition-time", .seconds, \.partitionTime),
        FaultKnob("master-crashes", .rate, \.masterCrashes),
        FaultKnob("agent-crashes", .rate, \.agentCrashes),
        FaultKnob("reboots", .rate, \.reboots),
        FaultKnob("framework-crashes", .rate, \.frameworkCrashes),
        FaultKnob("downtime", .seconds, \.downtime),
        FaultKnob("crashes-in-batch", .ratio, \.crashesInBatch),
        FaultKnob("pauses", .rate, \.pauses),
        FaultKnob("pause-time", .seconds, \.pauseTime),
        FaultKnob("clock-jumps", .rate, \.clockJumps),
        FaultKnob("clock-jump-time", .seconds, \.clockJumpTime),
        FaultKnob("launch-failures", .ratio, \.launchFailures),
        FaultKnob("program-failures", .ratio, \.programFailures),
        FaultKnob("memory-exhaustions", .ratio, \.memoryExhaustions),
        FaultKnob("stubborn-programs", .ratio, \.stubbornPrograms),
        FaultKnob("slow-deaths", .ratio, \.slowDeaths),
        FaultKnob("death-time", .seconds, \.deathTime),
        FaultKnob("bad-launches", .ratio, \.badLaunches),
    ]
}

/// A text that names no faults.
public struct FaultTextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The part that is wrong, why, and what would be right.
    public let description: String
}

extension FaultOptions {
    private static let presets = [("none", FaultOptions.none), ("light", FaultOptions.light), ("heavy", FaultOptions.heavy)]

    /// Reads `none`, `light` or `heavy`, then knobs: `light,lost-answers=0.1,reboots=0`. Without a first word it is `none`.
    public init(parsing text: String) throws(FaultTextError) {
        self = .none
        for (place, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            if place == 0, let preset = Self.presets.first(where: { $0.0 == part }) {
                self = preset.1
            } else {
                try set(part)
            }
        }
    }

    private mutating func set(_ part: Substring) throws(FaultTextError) {
        let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, let knob = FaultKnob.all.first(where: { $0.name == sides[0] }) else {
            let known = FaultKnob.all.map(\.name).joined(separator: ", ")
            throw FaultTextError(
                description: "'\(part.prefix(64))' names no fault; begin with none, light or heavy, then write NAME=NUMBER with one of "
                    + known
            )
        }
        guard let number = Double(sides[1]), number >= 0, number <= knob.maximum else {
            throw FaultTextError(
                description: "\(knob.name): '\(sides[1].prefix(64))' is no \(knob.unit.rawValue) from 0 to \(Int(knob.maximum))"
            )
        }
        self[keyPath: knob.path] = number
    }

    /// The shortest text that ``init(parsing:)`` reads as these options.
    public var text: String {
        let candidates = Self.presets.map { name, preset in [name] + difference(from: preset) }
        return (candidates.min { $0.count < $1.count } ?? []).joined(separator: ",")
    }

    private func difference(from preset: FaultOptions) -> [String] {
        FaultKnob.all.filter { self[keyPath: $0.path] != preset[keyPath: $0.path] }.map { "\($0.name)=\(self[keyPath: $0.path])" }
    }
}
