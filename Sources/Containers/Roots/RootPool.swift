import Dispatch
import LinuxKernel
import Synchronization

/// Roots of images that containers had lately, built before they are asked for: a file system takes longer to make an overlay's
/// folders and to mount it than the kernel for all else of a container.
///
/// They stand at no path, so whatever ends this process ends them, too; their folders are removed by the next.
final class RootPool: Sendable {
    private typealias Kind = PreparedRoot.Kind

    private struct State {
        var ready: [PreparedRoot] = []
        /// Kinds of which one is being built.
        var building: Set<Kind> = []
        /// Kinds that were asked for since there were enough of them, the last first.
        var wanted: [Kind] = []
        /// When something was last taken.
        var lastUse = ContinuousClock.now
        var isClosed = false

        mutating func takeAll() -> [PreparedRoot] {
            defer { (ready, wanted) = ([], []) }
            return ready
        }

        mutating func take(_ kind: Kind) -> PreparedRoot? {
            lastUse = .now
            wanted.removeAll { $0 == kind }
            wanted.insert(kind, at: 0)
            if wanted.count > RootPool.capacity { wanted.removeLast() }
            return ready.firstIndex { $0.kind == kind }.map { ready.remove(at: $0) }
        }

        /// A kind of which one more is to be built, by the caller.
        mutating func begin() -> Kind? {
            guard !isClosed else { return nil }
            wanted.removeAll { kind in ready.count { $0.kind == kind } >= RootPool.capacity(of: kind) }
            let kind = wanted.first { !building.contains($0) }
            if let kind { building.insert(kind) }
            return kind
        }

        /// Takes what was built. What it returns is too much.
        mutating func keep(_ root: PreparedRoot?) -> [PreparedRoot] {
            guard let root, !isClosed else { return root.map { [$0] } ?? [] }
            ready.append(root)
            return ready.count > RootPool.capacity ? [ready.removeFirst()] : []
        }

        /// Says that one that was begun is dealt with; true if it was the last of a pool that is closed.
        mutating func end(_ kind: Kind, isBuilt: Bool) -> Bool {
            building.remove(kind)
            if !isBuilt { wanted.removeAll { $0 == kind } }
            return isClosed && building.isEmpty
        }
    }

    /// Each is held open by each root.
    private static let maximumLayers = 32
    /// The most that are kept of all kinds.
    private static let capacity = 8
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

    /// How many of a kind are kept; with ids of its own, only one container at a time can have it.
    private static func capacity(of kind: Kind) -> Int {
        kind.layers.count > maximumLayers ? 0 : kind.firstID == nil ? 4 : 1
    }

    /// One of a kind, if there is one; whoever takes it owns its folder, too.
    func take(_ kind: PreparedRoot.Kind) -> PreparedRoot? {
        while let root = state.withLock({ $0.take(kind) }) {
            if root.isValid { return root }
            discard([root])
        }
        return nil
    }

    /// Builds what is missing of all kinds that were asked for; for a thread that nobody waits for. What fails keeps no other from
    /// being built, and is not tried again before it is asked for.
    ///
    /// - Parameter namespace: finds the user namespace of ids.
    func fill(_ namespace: (_ firstID: UInt32) throws(KernelError) -> Descriptor) throws(KernelError) {
        var failure: KernelError?
        while let kind = state.withLock({ $0.begin() }) {
            var root: PreparedRoot?
            do throws(KernelError) {
                var owner: (Descriptor, UInt32)?
                if let first = kind.firstID { owner = (try namespace(first), first) }
                root = try PreparedRoot(kind, owner, in: folder, emptyMounts)
            } catch {
                failure = error
            }
            discard(state.withLock { $0.keep(root) })
            if state.withLock({ $0.end(kind, isBuilt: root != nil) }) { lastIsBuilt.signal() }
        }
        if let failure { throw failure }
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
