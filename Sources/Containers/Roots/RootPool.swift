import Dispatch
import LinuxKernel
import Synchronization

/// Roots of images that containers had lately, built before they are asked for: a file system takes longer to make an overlay's
/// folders and to mount it than the kernel for all else of a container.
///
/// They stand at no path, so whatever ends this process ends them, too; their folders are removed by the next.
final class RootPool: Sendable {
    private struct State {
        var ready: [PreparedRoot] = []
        /// Kinds of which one is being built.
        var building: Set<PreparedRoot.Kind> = []
        /// When something was last taken.
        var lastUse = ContinuousClock.now
        var isClosed = false

        mutating func takeAll() -> [PreparedRoot] {
            defer { ready = [] }
            return ready
        }

        /// Whether one more is to be built, by the caller.
        mutating func begin(_ kind: PreparedRoot.Kind, _ wanted: Int) -> Bool {
            !isClosed && ready.count { $0.kind == kind } < wanted && building.insert(kind).inserted
        }

        /// Takes what was built. What it returns is too much.
        mutating func take(_ root: PreparedRoot?, capacity: Int) -> [PreparedRoot] {
            guard let root, !isClosed else { return root.map { [$0] } ?? [] }
            ready.append(root)
            return ready.count > capacity ? [ready.removeFirst()] : []
        }

        /// Says that one that was begun is dealt with; true if it was the last of a pool that is closed.
        mutating func end(_ kind: PreparedRoot.Kind) -> Bool {
            building.remove(kind)
            return isClosed && building.isEmpty
        }
    }

    /// Each is held open by each root.
    private static let maximumLayers = 32
    /// The most that are kept of all kinds, and of one; with ids of its own, only one container at a time can have it.
    private static let capacity = 8
    private static let capacityOfKind = 4
    /// For how long they are kept while none is asked for.
    static let patience = Duration.seconds(60)

    private let folder: Folder
    private let emptyMounts: MountNamespace?
    private let state = Mutex(State())
    private let lastIsBuilt = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - folder: of this pool alone, where what containers write into their images stands.
    ///   - emptyMounts: in which roots are to stand alone.
    init(folder: Folder, _ emptyMounts: MountNamespace? = nil) {
        self.folder = folder
        self.emptyMounts = emptyMounts
    }

    /// One of a kind, if there is one; whoever takes it owns its folder, too.
    func take(_ kind: PreparedRoot.Kind) -> PreparedRoot? {
        while true {
            let root = state.withLock { state -> PreparedRoot? in
                state.lastUse = .now
                return state.ready.firstIndex { $0.kind == kind }.map { state.ready.remove(at: $0) }
            }
            guard let root, !root.isValid else { return root }
            discard([root])
        }
    }

    /// Builds of a kind what is missing; for a thread that nobody waits for.
    ///
    /// - Parameter namespace: the user namespace of the kind's ids.
    func fill(_ kind: PreparedRoot.Kind, namespace: Descriptor?) throws(KernelError) {
        guard kind.layers.count <= Self.maximumLayers else { return }
        let wanted = kind.firstID == nil ? Self.capacityOfKind : 1
        while state.withLock({ $0.begin(kind, wanted) }) {
            let built = Result { () throws(KernelError) in try PreparedRoot(kind, namespace: namespace, in: folder, emptyMounts) }
            discard(state.withLock { $0.take(try? built.get(), capacity: Self.capacity) })
            if state.withLock({ $0.end(kind) }) { lastIsBuilt.signal() }
            _ = try built.get()
        }
    }

    /// Gives up all if nobody has asked for one in a while.
    func tidy() {
        guard state.withLock({ ContinuousClock.now - $0.lastUse >= Self.patience }) else { return }
        discard(state.withLock { $0.takeAll() })
    }

    /// Gives all up; no more are built. When it returns, the folder may be another's.
    func close() {
        let (roots, isBuilding) = state.withLock { state in
            state.isClosed = true
            return (state.takeAll(), !state.building.isEmpty)
        }
        discard(roots)
        if isBuilding { lastIsBuilt.wait() }
    }

    /// Its mount ends with the last reference to it, which may be that of the caller; the folder may go before.
    private func discard(_ roots: [PreparedRoot]) {
        for root in roots { try? folder.removeTree(root.name) }
    }
}
