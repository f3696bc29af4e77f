import Cluster
import Glibc
import LinuxKernel

/// The folder for what must be known of containers: `containers/ROOT/containers/CHILD/…/record`.
///
/// One containerizer uses it at a time. Beside the records stand what containers with a root of their own write, unless
/// another folder is named for that, and the place at which each of them, in its own mount namespace, builds its root.
struct RuntimeFolder: Sendable {
    /// Paths for a container's first process.
    struct Paths: Sendable {
        var rootPlace: String
        /// A layer with the places for what is mounted into every image: whatever an image lacks of them need not be made, and
        /// taken away again, for each container.
        var places: String
        var upper: String
        var work: String
        /// For each volume that is an image, a folder with those two in it.
        var volumes: [String] = []
    }

    let folder: Folder
    let writable: Folder
    private let lock: Descriptor

    static let containers = "containers"
    private static let rootPlace = "root"
    private static let places = "places"
    private static let prepared = "prepared"
    private static let volumes = "volumes"

    /// Opens the folder, making it if it is missing, and keeps others from using it.
    init(_ path: String, writable writablePath: String?) throws(ContainerError) {
        do {
            folder = try Folder.make(path, mode: 0o700)
            _ = try folder.makeFolder(Self.containers, mode: 0o700)
            _ = try folder.makeFolder(Self.rootPlace)
            try Self.makePlaces(in: folder)
            writable = try writablePath.map { path throws(KernelError) in try Folder.make(path, mode: 0o700) } ?? folder
            for name in [Self.containers, Self.prepared] { _ = try writable.makeFolder(name, mode: 0o700) }
            for base in [folder, writable] { _ = try base.makeFolder(Self.discarded, mode: 0o700) }
            lock = try folder.file("lock", flags: O_RDWR | O_CREAT, mode: 0o600)
        } catch {
            throw .unusable(reason: "\(error)")
        }
        guard holdLock(on: lock.number) else {
            throw .unusable(reason: "another agent uses the runtime directory \(path); give each agent one of its own")
        }
    }

    /// With modes as images have them, whatever this process withholds from what it makes.
    private static func makePlaces(in folder: Folder) throws(KernelError) {
        let folders = ["", "/proc", "/sys", "/dev", "/etc", "/mnt", "/mnt/mesos", LaunchPlan.sandboxInImage].map { places + $0 }
        let files = ["hosts", "hostname", "resolv.conf"].map { "\(places)/etc/\($0)" }
        for path in folders { _ = try folder.makePath(path) }
        for path in files { _ = try folder.file(path, flags: O_WRONLY | O_CREAT, mode: 0o644) }
        for (paths, mode) in [(folders, 0o755), (files, 0o644)] as [([String], mode_t)] {
            for path in paths where fchmodat(folder.descriptor.number, path, mode, 0) != 0 {
                throw KernelError("change the mode of \(folder.path)/\(path)", code: errno)
            }
        }
    }

    /// Lets others use it.
    func unlock() {
        flock(lock.number, LOCK_UN)
    }

    /// Where a container's files stand, below the folder.
    private static func place(of id: ContainerID) -> String {
        id.path.map { "\(containers)/\($0)" }.joined(separator: "/")
    }

    /// The folder that a container's stands in.
    static func above(_ id: ContainerID) -> String {
        id.parent.map { "\(place(of: $0))/\(containers)" } ?? containers
    }

    func open(_ id: ContainerID) throws(KernelError) -> Folder {
        try folder.folder(Self.place(of: id))
    }

    /// Where roots are prepared; the folders of one become those of a container by ``make(_:hasOwnRoot:_:)``.
    func preparedRoots() throws(KernelError) -> Folder { try writable.folder(Self.prepared) }

    /// An empty folder, at which roots are built in other mount namespaces than this one.
    var rootPlacePath: String { "\(folder.path)/\(Self.rootPlace)" }

    /// A layer that goes below those of every image.
    var placesPath: String { "\(folder.path)/\(Self.places)" }

    /// Makes a container's folder, and what its root and its volumes need that are images.
    ///
    /// - Parameter prepared: a root that was built for it.
    func make(_ id: ContainerID, _ facts: ContainerFacts, _ prepared: PreparedRoot?) throws(KernelError) -> (folder: Folder, paths: Paths) {
        let isOnePlace = writable.path == folder.path
        let own = try make(id, in: folder, from: isOnePlace ? prepared : nil)
        var paths = Paths(rootPlace: rootPlacePath, places: placesPath, upper: "", work: "")
        guard facts.writesToLayers else { return (own, paths) }
        let written = isOnePlace ? own : try make(id, in: writable, from: prepared)
        for number in facts.volumeLayers.indices {
            let name = "\(Self.volumes)/\(number)"
            for part in ["upper", "work"] { _ = try written.makePath("\(name)/\(part)") }
            paths.volumes.append("\(written.path)/\(name)")
        }
        guard facts.hasOwnRoot else { return (own, paths) }
        if prepared == nil {
            _ = try written.makeFolder("upper")
            _ = try written.makeFolder("work")
        }
        paths.upper = "\(written.path)/upper"
        paths.work = "\(written.path)/work"
        return (own, paths)
    }

    /// Where what containers write into their images stands.
    var writablePath: String { writable.path }

    /// The folders with what a container wrote into its images, as far as they are there.
    func written(by id: ContainerID) -> [Folder] {
        ["upper", Self.volumes].compactMap { try? writable.folder("\(Self.place(of: id))/\($0)") }
    }

    private func make(_ id: ContainerID, in base: Folder, from prepared: PreparedRoot?) throws(KernelError) -> Folder {
        let above = try base.makePath(Self.above(id), mode: 0o700).folder
        // What is left of an earlier container of that name must not be taken for this one's.
        if !(try makeFolder(of: id, in: above, from: prepared)) {
            try remove(id)
            _ = try makeFolder(of: id, in: above, from: prepared)
        }
        return try above.folder(id.value)
    }

    private func makeFolder(of id: ContainerID, in above: Folder, from prepared: PreparedRoot?) throws(KernelError) -> Bool {
        guard let prepared else { return try above.makeFolder(id.value, mode: 0o700) }
        return try preparedRoots().moveFolder(prepared.name, to: above, as: id.value)
    }

    /// Removes all that is kept of a container and of those inside it; the record last, by which the rest is found.
    func remove(_ id: ContainerID) throws(KernelError) {
        if writable.path != folder.path { try remove(id, in: writable) }
        try remove(id, in: folder)
    }

    /// Removes what no record belongs to: what containers wrote into their images before the records were lost, as with a
    /// restart of the machine, and what was being removed when its remover was killed.
    func removeForgotten() throws(KernelError) {
        let known = Set(try folder.folder(Self.containers).names())
        for base in [folder, writable] {
            let place = try base.folder(Self.containers)
            for name in try place.names() where !known.contains(name) || (try? ContainerID(validating: [name])) == nil {
                try place.removeTree(name)
            }
            try Self.empty(base.folder(Self.discarded))
        }
        try Self.empty(preparedRoots())
    }

    private static func empty(_ folder: Folder) throws(KernelError) {
        for name in try folder.names() { try folder.removeTree(name) }
    }

    private func remove(_ id: ContainerID, in base: Folder) throws(KernelError) {
        do {
            try base.folder(Self.above(id)).removeTree(id.value)
        } catch {
            guard error.code == ENOENT else { throw error }
        }
    }

    /// The records of all containers, those of parents before those inside; where there is none, the record is empty.
    func records() throws(KernelError) -> [(id: ContainerID, record: ContainerRecord?)] {
        try records(below: folder, path: [])
    }

    private func records(below folder: Folder, path: [String]) throws(KernelError) -> [(id: ContainerID, record: ContainerRecord?)] {
        guard path.count < ContainerID.maximumDepth, let place = try? folder.folder(Self.containers) else { return [] }
        var found: [(id: ContainerID, record: ContainerRecord?)] = []
        for name in try place.names().sorted() {
            guard let id = try? ContainerID(validating: path + [name]) else { continue }
            let own = try place.folder(name)
            found.append((id, try Self.record(in: own)))
            found += try records(below: own, path: id.path)
        }
        return found
    }

    private static func record(in folder: Folder) throws(KernelError) -> ContainerRecord? {
        let bytes = try folder.content(of: ContainerRecord.fileName, limit: ContainerRecord.limit)
        return bytes.flatMap { ContainerRecord(reading: $0) }
    }

    func record(of id: ContainerID) throws(KernelError) -> ContainerRecord? {
        try Self.record(in: open(id))
    }

    /// Adds a line to a container's record.
    func append(_ line: [UInt8], to id: ContainerID) throws(KernelError) {
        let file = try open(id).file(ContainerRecord.fileName, flags: O_WRONLY | O_APPEND)
        try file.write(line, describedAs: "the record of container \(id)")
    }
}
