import Glibc
import LinuxKernel

/// A container's root that was built before anybody asked for it.
struct PreparedRoot: Sendable {
    /// What it is made of: only who asks for the same can have it.
    struct Kind: Hashable, Sendable {
        /// By absolute path, lowest first.
        let layers: [String]
        /// The first of the machine's ids that belongs to its user namespace; nothing: files belong to the machine's users.
        let firstID: UInt32?
    }

    let kind: Kind
    /// The overlay, mounted at no path.
    let mount: Descriptor
    /// Nothing but an empty folder, on which it can be put; nothing if there is no such namespace here.
    let emptyMounts: MountNamespace?
    /// In the folder of those that are prepared: it holds the folders that the overlay writes to.
    let name: String
    /// The layers, held open so that no other folders can be taken for them.
    private let layers: [Folder]

    /// Builds one in a folder.
    ///
    /// - Parameter owner: the user namespace of ``Kind/firstID``, and that.
    init(
        _ kind: Kind,
        _ owner: (namespace: Descriptor, first: UInt32)?,
        in folder: Folder,
        _ emptyMounts: MountNamespace?
    ) throws(KernelError) {
        self.kind = kind
        self.emptyMounts = emptyMounts
        name = String(UInt64.random(in: 0 ... .max), radix: 16)
        layers = try kind.layers.map { path throws(KernelError) in try Folder.open(path) }
        _ = try folder.makeFolder(name, mode: 0o700)
        do {
            let own = try folder.folder(name)
            _ = try own.makeFolder("upper")
            _ = try own.makeFolder("work")
            mount = try Overlay.mount(layers: kind.layers, written: "\(folder.path)/\(name)", owner: owner)
        } catch {
            try? folder.removeTree(name)
            throw error
        }
    }

    /// Whether its layers are still where they were: an image may have been removed, and pulled again.
    var isValid: Bool {
        layers.allSatisfy { layer in
            var (opened, standing) = (stat(), stat())
            return fstat(layer.descriptor.number, &opened) == 0 && stat(layer.path, &standing) == 0
                && opened.st_ino == standing.st_ino && opened.st_dev == standing.st_dev
        }
    }
}
