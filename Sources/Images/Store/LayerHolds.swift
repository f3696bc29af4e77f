import Synchronization

/// Somebody who needs layers to stay where they are, such as a container that runs from them.
public struct LayerUse: Hashable, Sendable {
    /// Who it is, for messages: the name of a container.
    public var user: String
    /// Absolute paths as in ``Image/layers``.
    public var layers: [String]

    /// Says who uses which layers.
    public init(user: String, layers: [String]) {
        self.user = user
        self.layers = layers
    }
}

/// Which layers must stay: those that a pull or a launch holds, and those that containers use.
///
/// A launch holds its layers from before it looks whether they are there until its container is known to whoever tells of
/// uses. What removes layers looks at both, the holds first, in one step in which nobody can take a hold. So between the two
/// there is no moment at which a layer in use looks unused.
final class LayerHolds: Sendable {
    typealias Number = UInt64

    private struct State {
        var holds: [Number: [ImageDigest]] = [:]
        var lastNumber: Number = 0
        /// How often something was recorded that may need layers which nothing needed before.
        var recordings: UInt64 = 0
    }

    private let state = Mutex(State())
    private let uses: @Sendable () -> [LayerUse]

    init(uses: @escaping @Sendable () -> [LayerUse]) {
        self.uses = uses
    }

    /// Keeps layers until ``release(_:)``, whether they are there yet or not.
    func hold(_ diffIDs: [ImageDigest]) -> Number {
        state.withLock { state in
            state.lastNumber += 1
            state.holds[state.lastNumber] = diffIDs
            return state.lastNumber
        }
    }

    func release(_ number: Number) {
        state.withLock { $0.holds[number] = nil }
    }

    /// To be called after each record that was written.
    func noteRecording() {
        state.withLock { $0.recordings += 1 }
    }

    var recordings: UInt64 { state.withLock(\.recordings) }

    /// Does something while nobody can take a hold, with what is in use then; it must be short.
    func whileStill<Value, Failure: Error>(
        _ body: (UsedLayers, _ recordings: UInt64) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try state.withLock { (state) throws(Failure) in
            let held = state.holds.values.map { UsedLayers.Use(user: nil, layers: $0.map(\.hex)) }
            let used = uses().map { use in
                UsedLayers.Use(
                    user: use.user,
                    layers: use.layers.map { String($0[($0.lastIndex(of: "/").map($0.index(after:)) ?? $0.startIndex)...]) }
                )
            }
            return try body(UsedLayers(held + used), state.recordings)
        }
    }
}

/// The layers that are in use at one moment.
struct UsedLayers {
    struct Use {
        /// Nothing: a pull or a launch.
        let user: String?
        /// In hexadecimal, lowest first.
        let layers: [String]
    }

    private let usersOfImages: [Set<String>: [String?]]
    private let layers: Set<String>

    init(_ uses: [Use]) {
        usersOfImages = Dictionary(uses.map { (Set($0.layers), [$0.user]) }) { $0 + $1 }
        layers = Set(uses.flatMap(\.layers))
    }

    func contains(_ layer: String) -> Bool { layers.contains(layer) }

    /// Who uses an image: whoever uses exactly its layers. An image without any content is never in use.
    func users(of record: ImageRecord) -> [String] {
        guard !record.diffIDs.isEmpty else { return [] }
        let users = usersOfImages[Set(record.diffIDs.map(\.hex))] ?? []
        return users.map { $0 ?? "a launch" }.sorted()
    }
}
