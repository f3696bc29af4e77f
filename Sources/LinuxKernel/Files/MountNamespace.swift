import CLinuxKernel

/// What some processes see mounted, and where (mount_namespaces(7)). It is there as long as it is held open, or a process is in it.
public struct MountNamespace: Sendable {
    /// The open namespace.
    public let descriptor: Descriptor

    /// Makes one with nothing in it but an empty folder that nobody can write to.
    ///
    /// - Parameter place: a folder of this machine, on which it is put together; nobody sees that.
    /// - Throws: what unshare(2), fsopen(2), move_mount(2) and pivot_root(2) say; the last cannot be where a machine still is on
    ///   its first root, in memory.
    public static func empty(place: String) throws(KernelError) -> MountNamespace {
        // Whoever makes a namespace is in it from then on; so somebody makes it who does nothing else.
        let number = try KernelThread.result(name: "mounts-maker") { agora_empty_mounts(place) }
        return MountNamespace(descriptor: Descriptor(owning: try KernelError.checkNegative(number, "make an empty mount namespace")))
    }
}
