/// A filter of libseccomp made shorter: it does the same by fewer instructions.
///
/// The kernel translates a filter whenever a container gets it, and tries it with every system call, which takes time for each
/// instruction. libseccomp compares with each call by itself; but most calls that follow each other by their numbers have the same
/// answer, so that here only the numbers are compared at which it changes.
struct ShortFilter {
    typealias Code = FilterInstruction.Code
    typealias Place = FilterInstruction.Place

    /// What is known once an architecture and the number of a call are.
    private enum Outcome: Hashable {
        case end(UInt32)
        /// The call's arguments decide, by the instructions from there on.
        case arguments(Int)
    }

    /// From a number on, up to the next one.
    private struct Range {
        let first: UInt32
        let outcome: Outcome
    }

    private let long: [FilterInstruction]
    /// The short one, from its end to its beginning: what is jumped to is there before the jump.
    private var reversed: [FilterInstruction] = []
    private var ends: [Outcome: Int] = [:]

    private init(_ long: [FilterInstruction]) {
        self.long = long
    }

    /// - Returns: the shorter one; the same if it has instructions that are not understood here, or cannot be made shorter.
    static func of(_ long: [FilterInstruction]) -> [FilterInstruction] {
        var filter = ShortFilter(long)
        guard let short = filter.shorten(), short.count < long.count else { return long }
        return short
    }

    private mutating func shorten() -> [FilterInstruction]? {
        // One that nobody has: see linux/audit.h.
        guard let others = ranges(of: 0)?.first?.outcome else { return nil }
        var next = end(others)
        for architecture in architectures.sorted() {
            guard let ranges = ranges(of: architecture) else { return nil }
            let choice = choose(among: ranges[...])
            next = branch(Code.jumpIfEqual, architecture, yes: load(Place.number, then: choice), no: next)
        }
        _ = load(Place.architecture, then: next)
        return reversed.reversed()
    }

    // MARK: Understanding the long one

    /// Those that it tells apart.
    private var architectures: Set<UInt32> {
        var (found, seen): (Set<UInt32>, Set<Int>) = ([], [])
        var waiting = [(place: 0, isLoaded: false)]
        while let (place, isLoaded) = waiting.popLast(), place < long.count {
            let instruction = long[place]
            guard seen.insert(place * 2 + (isLoaded ? 1 : 0)).inserted, instruction.code != Code.end else { continue }
            if isLoaded, instruction.code == Code.jumpIfEqual { found.insert(instruction.value) }
            let isNow = instruction.code == Code.load ? instruction.value == Place.architecture : isLoaded
            waiting += Self.distances(instruction).map { (place + 1 + $0, isNow) }
        }
        return found
    }

    private func ranges(of architecture: UInt32) -> [Range]? {
        // Where a comparison may turn out otherwise than for the number before.
        let edges = Set(long.filter(\.isBranch).flatMap { [$0.value, $0.value &+ 1] } + [0]).sorted()
        var ranges: [Range] = []
        for edge in edges {
            guard let outcome = outcome(architecture, edge) else { return nil }
            if ranges.last?.outcome != outcome { ranges.append(Range(first: edge, outcome: outcome)) }
        }
        return ranges
    }

    private func outcome(_ architecture: UInt32, _ number: UInt32) -> Outcome? {
        var (place, loaded) = (0, UInt32(0))
        while place < long.count {
            let instruction = long[place]
            switch instruction.code {
            case Code.load where instruction.value == Place.number: loaded = number
            case Code.load where instruction.value == Place.architecture: loaded = architecture
            case Code.load: return .arguments(place)
            case Code.jump: place += Int(instruction.value)
            case Code.end: return .end(instruction.value)
            case Code.jumpIfAnyBit: return nil
            case _ where instruction.isBranch: place += Int(instruction.passes(loaded) ? instruction.yes : instruction.no)
            default: return nil
            }
            place += 1
        }
        return nil
    }

    // MARK: Writing the short one

    /// Where a search among the numbers begins.
    private mutating func choose(among ranges: ArraySlice<Range>) -> Int {
        guard ranges.count > 1 else { return end(ranges[ranges.startIndex].outcome) }
        let middle = ranges.startIndex + ranges.count / 2
        let (above, below) = (choose(among: ranges[middle...]), choose(among: ranges[..<middle]))
        return branch(Code.jumpIfGreaterOrEqual, ranges[middle].first, yes: above, no: below)
    }

    private mutating func load(_ what: UInt32, then place: Int) -> Int {
        let next = place == reversed.count - 1 ? place : jump(to: place)
        assert(next == reversed.count - 1)
        reversed.append(FilterInstruction(code: Code.load, value: what))
        return reversed.count - 1
    }

    private mutating func branch(_ code: UInt16, _ value: UInt32, yes: Int, no: Int) -> Int {
        let (yes, no) = (within(reach: yes), within(reach: no))
        reversed.append(FilterInstruction(code: code, yes: UInt8(distance(to: yes)), no: UInt8(distance(to: no)), value: value))
        return reversed.count - 1
    }

    /// The same place, or a jump to it that a branch can reach which is written soon.
    private mutating func within(reach place: Int) -> Int {
        distance(to: place) < Int(UInt8.max) - 4 ? place : jump(to: place)
    }

    private mutating func jump(to place: Int) -> Int {
        reversed.append(FilterInstruction(code: Code.jump, value: UInt32(distance(to: place))))
        return reversed.count - 1
    }

    /// How many instructions the one that is written next passes over to get there.
    private func distance(to place: Int) -> Int { reversed.count - 1 - place }

    private mutating func end(_ outcome: Outcome) -> Int {
        if let place = ends[outcome], distance(to: place) < Int(UInt8.max) / 2 { return place }
        switch outcome {
        case .end(let value): reversed.append(FilterInstruction(code: Code.end, value: value))
        case .arguments(let first): copy(from: first)
        }
        ends[outcome] = reversed.count - 1
        return reversed.count - 1
    }

    /// Takes over what is reached from a place on, in its order, so that nothing gets farther apart.
    private mutating func copy(from first: Int) {
        var reached = [Bool](repeating: false, count: long.count)
        var after: [Int] = []
        reached[first] = true
        for place in first..<long.count where reached[place] {
            after.append(place)
            let instruction = long[place]
            guard instruction.code != Code.end else { continue }
            for distance in Self.distances(instruction) where place + 1 + distance < long.count { reached[place + 1 + distance] = true }
        }
        var written: [Int: Int] = [:]
        for place in after.reversed() {
            var instruction = long[place]
            func distance(_ old: UInt32) -> Int { reversed.count - 1 - (written[place + 1 + Int(old)] ?? 0) }
            if instruction.code == Code.jump { instruction.value = UInt32(distance(instruction.value)) }
            if instruction.isBranch {
                let (yes, no) = (distance(UInt32(instruction.yes)), distance(UInt32(instruction.no)))
                (instruction.yes, instruction.no) = (UInt8(yes), UInt8(no))
            }
            reversed.append(instruction)
            written[place] = reversed.count - 1
        }
    }

    private static func distances(_ instruction: FilterInstruction) -> [Int] {
        if instruction.code == Code.jump { return [Int(instruction.value)] }
        return instruction.isBranch ? [Int(instruction.yes), Int(instruction.no)] : [0]
    }
}
