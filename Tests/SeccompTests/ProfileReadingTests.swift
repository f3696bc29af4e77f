import LinuxKernel
import Seccomp
import Testing

/// Profiles as files bring them, broken ones among them.
struct ProfileReadingTests {
    private static func read(_ text: String) -> Result<SeccompProfile, SeccompError> {
        Result { () throws(SeccompError) in try SeccompProfile(reading: Array(text.utf8)) }
    }

    @Test func allOfDockersFormIsUnderstood() throws {
        let profile = try Self.read(
            """
            {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
             "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}],
             "syscalls": [
               {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW", "comment": "any"},
               {"name": "socket", "action": "SCMP_ACT_ERRNO", "errnoRet": 97,
                "args": [{"index": 0, "value": 40, "valueTwo": 1, "op": "SCMP_CMP_MASKED_EQ"}],
                "includes": {"caps": ["CAP_NET_RAW"], "arches": ["amd64"], "minKernel": "4.8"}, "excludes": {"caps": ["CAP_BPF"]}}]}
            """
        ).get()
        #expect(profile.defaultAction == .fail(38))
        #expect(profile.architectures == ["SCMP_ARCH_X86_64": ["SCMP_ARCH_X86"]])
        #expect(profile.rules.map(\.calls) == [["read", "write"], ["socket"]])
        #expect(profile.rules.last?.action == .fail(97))
        #expect(profile.rules.last?.arguments == [.init(index: 0, comparison: .maskedEqual, value: 40, second: 1)])
        #expect(profile.rules.last?.includes.capabilities == CapabilitySet([.netRaw]))
        #expect(profile.rules.last?.includes.kernel == KernelVersion("4.8.0-1"))
        #expect(profile.rules.last?.excludes.capabilities == CapabilitySet([.bpf]))
    }

    @Test(arguments: [
        ("", "the document: "), ("{", "the document: "), ("[]", "the document: "), ("{}", "defaultAction: missing"),
        (#"{"defaultAction": 1}"#, "defaultAction"), (#"{"defaultAction": "SCMP_ACT_ALOW"}"#, "SCMP_ACT_ALOW"),
        (#"{"defaultAction": "SCMP_ACT_NOTIFY"}"#, "nobody here would answer"),
        (#"{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 70000}"#, "70000"),
        (#"{"defaultAction": "SCMP_ACT_ERRNO", "archMap": [{"architecture": "SCMP_ARCH_VAX"}]}"#, "SCMP_ARCH_VAX"),
        (#"{"defaultAction": "SCMP_ACT_ERRNO", "archMap": [], "architectures": []}"#, "only one"),
        (#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": {}}"#, "syscalls"),
        (#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": [], "action": "SCMP_ACT_ALLOW"}]}"#, "syscalls[0].names: is empty"),
        (#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"]}]}"#, "syscalls[0].action: missing"),
        (rule(#""args": [{"index": 6, "value": 0, "op": "SCMP_CMP_EQ"}]"#), "args[0].index: must be 0 to 5"),
        (rule(#""args": [{"index": -1, "value": 0, "op": "SCMP_CMP_EQ"}]"#), "-1"),
        (rule(#""args": [{"index": 0, "value": 0, "op": "EQ"}]"#), "args[0].op"),
        (rule(#""includes": {"caps": ["CAP_FLY"]}"#), "includes.caps: \"CAP_FLY\""),
        (rule(#""excludes": {"minKernel": "new"}"#), "excludes.minKernel"),
        (String(repeating: "[", count: 100_000), "the document: "),
        (String(repeating: " ", count: 10 << 20), "longer than"),
        (
            #"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"action": "SCMP_ACT_ALLOW", "names": ["#
                + Array(repeating: #""read""#, count: 5001).joined(separator: ",") + "]}]}", "more than 5000"
        ),
    ])
    func brokenProfilesAreRefusedByThePlace(text: String, expected: String) {
        guard case .failure(let error) = Self.read(text) else {
            Issue.record("read")
            return
        }
        #expect(error.description.contains(expected), "\(error)")
    }

    private static func rule(_ more: String) -> String {
        #"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", \#(more)}]}"#
    }
}
