import Glibc
import LinuxKernel

extension StandardCalls {
    // Namespaces that a program without rights could make would give it all rights inside, and with them the parts of
    // the kernel that are attacked most.
    // The flags CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET of clone(2).
    private static let newNamespaces: UInt64 = 0x7e02_0000

    static let byArguments: [Rule] =
        [
            Rule.allow("clone", [argument(0, .maskedEqual, newNamespaces, 0)]).without(.sysAdmin)
        ]
        // Persona: Linux, 32-bit Linux, each also with uname of 2.6, and the question which it is (personality(2)).
        + [0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff].map { Rule.allow("personality", [argument(0, .equal, $0)]) }
        + families

    /// Families of sockets that the kernel does not hold apart by network namespace are not there: the machine's own
    /// ciphers (AF_ALG), and the way to a virtual machine's host (AF_VSOCK).
    private static let families: [Rule] = [
        Rule.allow("socket", [argument(0, .less, cipherFamily)]),
        Rule.allow("socket", [argument(0, .equal, cipherFamily + 1)]),
        Rule.allow("socket", [argument(0, .greater, virtualMachineFamily)]),
    ]
    private static let cipherFamily: UInt64 = 38
    private static let virtualMachineFamily: UInt64 = 40

    private static func argument(
        _ index: UInt32,
        _ comparison: SeccompProfile.Argument.Comparison,
        _ value: UInt64,
        _ second: UInt64 = 0
    ) -> SeccompProfile.Argument {
        SeccompProfile.Argument(index: index, comparison: comparison, value: value, second: second)
    }

    private static let ofSystemAdministration = """
        clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount mount_setattr move_mount open_tree
        pivot_root quotactl quotactl_fd setdomainname sethostname setns swapoff swapon syslog umount umount2 unshare
        """

    /// A capability lets a program make the calls that it is about: without them it would be worth nothing.
    private static let ofCapabilities: [(capability: Capability, calls: String)] = [
        (.sysAdmin, ofSystemAdministration + " bpf perf_event_open"), (.bpf, "bpf"), (.perfmon, "perf_event_open"),
        (.dacReadSearch, "open_by_handle_at"), (.sysBoot, "reboot kexec_load kexec_file_load"), (.sysChroot, "chroot"),
        (.sysModule, "delete_module finit_module init_module"), (.sysPacct, "acct"), (.sysRawio, "ioperm iopl"),
        (.sysTime, "clock_settime clock_settime64 settimeofday stime"), (.sysTtyConfig, "vhangup"), (.syslog, "syslog"),
        (.sysNice, "mbind migrate_pages move_pages set_mempolicy set_mempolicy_home_node"),
    ]

    static let byCapabilities: [Rule] = ofCapabilities.map { Rule.allow($0.calls).with($0.capability) }

    /// What is known, and refused: programs are to hear that they may not, instead of that there is no such call.
    ///
    /// clone3 is not among them, as its flags stand in memory where no filter sees them; by the default it does not exist,
    /// and the C library takes clone. io_uring does not exist either, as its calls pass by every filter.
    static let refused: [Rule] = {
        let others = "add_key keyctl request_key nfsservctl userfaultfd vm86 vm86old uselib _sysctl ustat sysfs"
        let known = others.split(separator: " ").map { refusal(String($0), [:]) }
        var holders: [String: CapabilitySet] = [:]
        for (capability, calls) in ofCapabilities {
            for call in calls.split(whereSeparator: \.isWhitespace) {
                holders[String(call), default: []].insert(CapabilitySet([capability]))
            }
        }
        let conditional = holders.keys.sorted().filter { $0 != "clone" && $0 != "clone3" }.map { refusal($0, holders) }
        return known + conditional
    }()

    private static func refusal(_ call: String, _ holders: [String: CapabilitySet]) -> Rule {
        var rule = Rule(calls: [call], action: .fail(UInt16(EPERM)))
        rule.excludes.capabilities = holders[call] ?? []
        return rule
    }
}
