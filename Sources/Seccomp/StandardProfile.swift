import Glibc
import LinuxKernel

extension SeccompProfile {
    /// What programs in images may call, unless another profile is chosen.
    ///
    /// What is not named does not exist (ENOSYS), so that programs fall back on what they did before the call was
    /// invented. What is known to be a way out, or touches what no namespace holds apart (the kernel's keys, its clock, its
    /// modules, its swap), is refused (EPERM), unless the container has the capability that it belongs to.
    public static let standard = SeccompProfile(
        defaultAction: .fail(UInt16(ENOSYS)),
        architectures: [SeccompArchitecture.native: SeccompArchitecture.others],
        rules: StandardCalls.everyday + StandardCalls.ofProcessors + StandardCalls.byArguments + StandardCalls.byCapabilities
            + StandardCalls.refused
    )
}

extension SeccompProfile.Rule {
    static func allow(_ calls: String, _ arguments: [SeccompProfile.Argument] = []) -> SeccompProfile.Rule {
        SeccompProfile.Rule(calls: calls.split(whereSeparator: \.isWhitespace).map(String.init), action: .allow, arguments: arguments)
    }

    func with(_ capability: Capability) -> SeccompProfile.Rule {
        var rule = self
        rule.includes.capabilities = CapabilitySet([capability])
        return rule
    }

    func without(_ capability: Capability) -> SeccompProfile.Rule {
        var rule = self
        rule.excludes.capabilities = CapabilitySet([capability])
        return rule
    }

    func on(_ processors: String...) -> SeccompProfile.Rule {
        var rule = self
        rule.includes.processors = Set(processors)
        return rule
    }
}
