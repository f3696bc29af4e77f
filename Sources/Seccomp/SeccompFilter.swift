import CSeccomp
import Glibc
public import LinuxKernel

/// A profile made ready for the kernel: the instructions of seccomp(2), for one set of capabilities.
public struct SeccompFilter: Hashable, Sendable {
    /// `struct sock_filter`, one after the other, 8 bytes each.
    public let instructions: [UInt8]
    /// Names in the profile that mean nothing to this version of libseccomp, and that count as unnamed.
    public let unknownCalls: [String]

    /// The most instructions that the kernel takes (`BPF_MAXINSNS`).
    public static let maximumInstructions = 4096

    /// Compiles a profile.
    ///
    /// - Parameters:
    ///   - capabilities: what the container's programs may have; rules may depend on it.
    ///   - kernel: rules may depend on it, too.
    /// - Throws: what cannot be compiled, by its name.
    public init(_ profile: SeccompProfile, capabilities: CapabilitySet, kernel: KernelVersion) throws(SeccompError) {
        let (long, unknown) = try Self.libraryInstructions(profile, capabilities: capabilities, kernel: kernel)
        let short = ShortFilter.of(FilterInstruction.list(long))
        instructions = short.flatMap(\.bytes)
        unknownCalls = unknown
        let count = short.count
        guard count <= Self.maximumInstructions else {
            throw SeccompError(
                "it compiles to \(count) instructions, and the kernel takes \(Self.maximumInstructions): give it fewer rules"
            )
        }
    }

    /// What libseccomp makes of a profile, and the names that it does not know.
    static func libraryInstructions(
        _ profile: SeccompProfile,
        capabilities: CapabilitySet,
        kernel: KernelVersion
    ) throws(SeccompError) -> ([UInt8], [String]) {
        let compiler = try SeccompCompiler(profile)
        for rule in profile.rules where rule.counts(capabilities: capabilities, kernel: kernel) {
            try compiler.add(rule)
        }
        return (try compiler.instructions(), compiler.unknownCalls.sorted())
    }
}

extension SeccompProfile.Rule {
    func counts(capabilities: CapabilitySet, kernel: KernelVersion) -> Bool {
        let processor = SeccompArchitecture.processor
        guard includes.processors.isEmpty || includes.processors.contains(processor) else { return false }
        guard includes.capabilities.isSubset(of: capabilities), includes.kernel.map({ kernel >= $0 }) ?? true else { return false }
        guard !excludes.processors.contains(processor), excludes.capabilities.isDisjoint(with: capabilities) else { return false }
        return excludes.kernel.map { kernel < $0 } ?? true
    }
}

/// libseccomp's state of one filter.
private final class SeccompCompiler {
    private let context: UnsafeMutableRawPointer
    private let defaultAction: SeccompProfile.Action
    private(set) var unknownCalls: Set<String> = []

    init(_ profile: SeccompProfile) throws(SeccompError) {
        guard let context = seccomp_init(profile.defaultAction.number) else {
            throw SeccompError("libseccomp does not take the default action \(profile.defaultAction)")
        }
        self.context = context
        defaultAction = profile.defaultAction
        // A binary search instead of a chain of comparisons: each system call passes through here.
        try check(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2), "optimise")
        for name in profile.architectures[SeccompArchitecture.native] ?? [] {
            guard let token = SeccompArchitecture.token(name) else { continue }
            let result = seccomp_arch_add(context, token)
            if result != -EEXIST { try check(result, "add the architecture \(name)") }
        }
    }

    deinit {
        seccomp_release(context)
    }

    func add(_ rule: SeccompProfile.Rule) throws(SeccompError) {
        guard rule.action != defaultAction else { return }
        let arguments = rule.arguments.map(\.libraryForm)
        for name in rule.calls {
            let number = name.withCString { seccomp_syscall_resolve_name($0) }
            guard number != -1 else {
                // What is not known stays refused; but nothing is let through that was to be stopped.
                guard rule.action.lets && !defaultAction.lets else {
                    throw SeccompError("syscalls: \"\(name.prefix(40))\" is no system call that libseccomp knows")
                }
                unknownCalls.insert(name)
                continue
            }
            let result = seccomp_rule_add_array(context, rule.action.number, number, UInt32(arguments.count), arguments)
            // Two rules that are the same.
            if result != -EEXIST { try check(result, "add the rule for \(name)") }
        }
    }

    func instructions() throws(SeccompError) -> [UInt8] {
        do {
            let file = try Descriptor.memoryFile("agora-seccomp", content: [])
            try check(seccomp_export_bpf(context, file.number), "compile")
            guard lseek(file.number, 0, SEEK_SET) == 0 else { throw SeccompError("the compiled filter cannot be read") }
            return try file.readAll(limit: SeccompProfile.maximumSize, describedAs: "the compiled filter")
        } catch let error as SeccompError {
            throw error
        } catch {
            throw SeccompError("\(error)")
        }
    }

    private func check(_ result: Int32, _ attempt: @autoclosure () -> String) throws(SeccompError) {
        guard result >= 0 else { throw SeccompError("libseccomp cannot \(attempt()): \(KernelError.reason(of: -result))") }
    }
}

extension SeccompProfile.Action {
    fileprivate var number: UInt32 {
        switch self {
        case .allow: agora_seccomp_allow
        case .log: agora_seccomp_log
        case .fail(let number): agora_seccomp_errno(number)
        case .trap: agora_seccomp_trap
        case .trace(let number): agora_seccomp_trace(number)
        case .killThread: agora_seccomp_kill_thread
        case .killProcess: agora_seccomp_kill_process
        }
    }
}

extension SeccompProfile.Argument {
    fileprivate var libraryForm: scmp_arg_cmp {
        scmp_arg_cmp(arg: index, op: comparison.operation, datum_a: value, datum_b: second)
    }
}

extension SeccompProfile.Argument.Comparison {
    fileprivate var operation: scmp_compare {
        switch self {
        case .notEqual: SCMP_CMP_NE
        case .less: SCMP_CMP_LT
        case .lessOrEqual: SCMP_CMP_LE
        case .equal: SCMP_CMP_EQ
        case .greaterOrEqual: SCMP_CMP_GE
        case .greater: SCMP_CMP_GT
        case .maskedEqual: SCMP_CMP_MASKED_EQ
        }
    }
}
