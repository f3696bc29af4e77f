import LinuxKernel

/// Under which address this machine is reached.
enum HostAddress {
    /// The address itself, or the first of a network interface if it stands for all of them.
    static func reachable(_ listening: String) -> String {
        guard ["0.0.0.0", "::"].contains(listening) else { return listening }
        return NetworkInterfaces.firstAddress() ?? "127.0.0.1"
    }
}
