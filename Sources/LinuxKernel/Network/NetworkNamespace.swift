import CLinuxKernel
import Glibc

/// A network of its own for some processes: interfaces, addresses, routes, ports (network_namespaces(7)).
///
/// It is there as long as a process is in it, somebody holds it open, or it is pinned at a path.
public struct NetworkNamespace: Sendable {
    /// The open namespace.
    public let descriptor: Descriptor

    private init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }

    /// Makes one with nothing in it but a loopback interface, which is up.
    ///
    /// - Parameter owner: the user namespace whose root may do there what root may do with the machine's, as listen on ports
    ///   below 1024; nothing: this process's own.
    public init(owner: Descriptor? = nil) throws(KernelError) {
        if let owner {
            let number = agora_make_network_of(owner.number)
            self.init(Descriptor(owning: try KernelError.checkNegative(number, "make a network namespace of a user namespace")))
            return
        }
        // Whoever makes a namespace is in it from then on; so somebody makes it who does nothing else.
        let number = try KernelThread.result(name: "network-maker") { agora_make_network() }
        self.init(Descriptor(owning: try KernelError.checkNegative(number, "make a network namespace")))
    }

    /// Makes one, in which the calling thread then is.
    static func makeOnThisThread() throws(KernelError) -> NetworkNamespace {
        NetworkNamespace(Descriptor(owning: try KernelError.checkNegative(agora_make_network(), "make a network namespace")))
    }

    /// The one pinned at a path; nothing if none is.
    public static func pinned(at path: String) -> NetworkNamespace? { opened(path) }

    /// The one that a process is in; nothing if the process has ended.
    public static func of(process pid: Int32) -> NetworkNamespace? { opened("/proc/\(pid)/ns/net") }

    private static func opened(_ path: String) -> NetworkNamespace? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(owning: number)
        return agora_is_namespace(number) == 1 ? NetworkNamespace(descriptor) : nil
    }

    /// The user namespace that it belongs to.
    public func owner() throws(KernelError) -> Descriptor {
        let number = agora_owner_of_network(descriptor.number)
        return Descriptor(owning: try KernelError.checkNegative(number, "ask for the owner of a network namespace"))
    }

    /// Keeps it alive at the path of an empty file, until it is unpinned there.
    public func pin(at path: String) throws(KernelError) {
        _ = try KernelError.checkNegative(agora_pin(descriptor.number, path), "pin a network namespace at \(path)")
    }

    /// Lets go of the one pinned at a path. Where none is, there is nothing to do.
    public static func unpin(_ path: String) throws(KernelError) {
        let result = agora_unpin(path)
        guard result != -EINVAL && result != -ENOENT else { return }
        _ = try KernelError.checkNegative(result, "unpin the network namespace at \(path)")
    }

    /// Makes a folder fit for pins: what is unpinned there is gone from the mount namespaces of all containers, too. A
    /// folder that is fit already stays as it is.
    public static func prepareFolder(_ path: String) throws(KernelError) {
        guard try KernelError.checkNegative(agora_is_mount(path), "look at \(path)") == 0 else { return }
        _ = try KernelError.checkNegative(agora_share_folder(path), "make \(path) a shared mount")
    }

    /// Puts the calling thread into it: a thread that does nothing else afterwards.
    public func enter() throws(KernelError) {
        _ = try KernelError.checkNegative(agora_enter_network(descriptor.number), "enter a network namespace")
    }
}
