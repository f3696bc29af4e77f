import CSeccomp

/// Names of architectures, as libseccomp and as Docker have them.
enum SeccompArchitecture {
    private static let prefix = "SCMP_ARCH_"

    /// libseccomp's number; nothing for one that it does not know.
    static func token(_ name: String) -> UInt32? {
        guard name.hasPrefix(prefix) else { return nil }
        let token = seccomp_arch_resolve_name(name.dropFirst(prefix.count).lowercased())
        return token == 0 ? nil : token
    }

    static func isKnown(_ name: String) -> Bool { token(name) != nil }

    #if arch(x86_64)
    static let native = "SCMP_ARCH_X86_64"
    static let processor = "amd64"
    /// Whose programs the machine runs, too. Not x32: nobody builds images for it.
    static let others = ["SCMP_ARCH_X86"]
    #elseif arch(arm64)
    static let native = "SCMP_ARCH_AARCH64"
    static let processor = "arm64"
    static let others = ["SCMP_ARCH_ARM"]
    #else
    #error("SeccompArchitecture: this processor is not supported")
    #endif
}
