import Cluster
import Glibc
import LinuxKernel

/// Removal in two steps: what is to go is taken out of sight at once, and removed while nobody waits for it. With each folder that
/// goes, a disk may take some milliseconds.
extension RuntimeFolder {
    /// What is out of sight. Where it is not removed, the next ``removeForgotten()`` does it.
    struct Discarded: Sendable {
        fileprivate let folder: Folder
        fileprivate let name: String

        func remove() throws(KernelError) { try folder.removeTree(name) }
    }

    static let discarded = "removed"

    /// Takes all that is kept of a container and of those inside it out of sight; the record last, by which the rest is found.
    func discard(_ id: ContainerID) throws(KernelError) -> [Discarded] {
        let bases = writable.path == folder.path ? [folder] : [writable, folder]
        var all: [Discarded] = []
        for base in bases {
            guard let above = try Self.ifThere({ () throws(KernelError) in try base.folder(Self.above(id)) }) else { continue }
            if let one = try discard(id.value, in: above, to: base) { all.append(one) }
        }
        return all
    }

    /// Takes a sandbox out of sight; one in another file system is removed.
    func discardSandbox(_ path: String, rootSandbox: String?) throws(KernelError) -> [Discarded] {
        let (parent, name) = Path.split(path)
        guard let above = try Self.ifThere({ () throws(KernelError) in try SandboxFolder.open(parent, rootSandbox: rootSandbox) })
        else { return [] }
        do {
            return try discard(name, in: above, to: folder).map { [$0] } ?? []
        } catch {
            guard error.code == EXDEV else { throw error }
            try above.removeTree(name)
            return []
        }
    }

    private func discard(_ name: String, in above: Folder, to base: Folder) throws(KernelError) -> Discarded? {
        let place = try base.folder(Self.discarded)
        let newName = String(UInt64.random(in: 0 ... .max), radix: 16)
        return try above.move(name, to: place, as: newName) ? Discarded(folder: place, name: newName) : nil
    }

    private static func ifThere(_ open: () throws(KernelError) -> Folder) throws(KernelError) -> Folder? {
        do {
            return try open()
        } catch {
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }
}
