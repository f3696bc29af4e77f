import Glibc
import LinuxKernel
import Seccomp
import Testing

/// What profiles compile to, and what is not compiled.
struct SeccompFilterTests {
    private let kernel = KernelVersion("6.12")

    private func filter(_ text: String, _ capabilities: CapabilitySet = .ofImages) throws -> SeccompFilter {
        try SeccompFilter(SeccompProfile(reading: Array(text.utf8)), capabilities: capabilities, kernel: try #require(kernel))
    }

    @Test func theStandardProfileFitsIntoTheKernelAndDependsOnCapabilities() throws {
        let kernel = try #require(kernel)
        let usual = try SeccompFilter(.standard, capabilities: .ofImages, kernel: kernel)
        let all = try SeccompFilter(.standard, capabilities: .all, kernel: kernel)
        #expect(usual.instructions.count % 8 == 0 && usual.instructions != all.instructions)
        // A name that is misspelt would be refused for ever, and nobody would see why.
        #expect(usual.unknownCalls.filter { !Self.tooNew.contains($0) } == [])
    }

    /// Calls that came after the libseccomp of Debian 12.
    private static let tooNew: Set<String> = ["cachestat", "fchmodat2", "map_shadow_stack", "statmount", "listmount"]

    @Test func callsThatLibseccompDoesNotKnowStayRefused() throws {
        let text = #"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read", "of_tomorrow"], "action": "SCMP_ACT_ALLOW"}]}"#
        #expect(try filter(text).unknownCalls == ["of_tomorrow"])
    }

    @Test(arguments: [
        #"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["unshrae"], "action": "SCMP_ACT_ERRNO"}]}"#,
        #"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["unshrae"], "action": "SCMP_ACT_KILL_PROCESS"}]}"#,
    ])
    func aCallThatIsToBeStoppedMustBeKnown(text: String) throws {
        #expect(throws: SeccompError.self) { try filter(text) }
    }

    @Test(arguments: [
        (#""includes": {"caps": ["CAP_SYS_ADMIN"]}"#, CapabilitySet.ofImages, false),
        (#""includes": {"caps": ["CAP_SYS_ADMIN"]}"#, .all, true),
        (#""excludes": {"caps": ["CAP_SYS_ADMIN"]}"#, .ofImages, true), (#""excludes": {"caps": ["CAP_SYS_ADMIN"]}"#, .all, false),
        (#""includes": {"minKernel": "6.12"}"#, .all, true), (#""includes": {"minKernel": "7.0"}"#, .all, false),
        (#""excludes": {"minKernel": "6.12"}"#, .all, false), (#""includes": {"arches": ["s390x"]}"#, .all, false),
        (#""excludes": {"arches": ["amd64", "arm64"]}"#, .all, false), (#""includes": {"arches": ["amd64", "arm64"]}"#, .all, true),
    ])
    func rulesCountUnderTheirConditionsOnly(condition: String, capabilities: CapabilitySet, counts: Bool) throws {
        let rule = #"{"names": ["mount"], "action": "SCMP_ACT_ALLOW", \#(condition)}"#
        let with = try filter(#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [\#(rule)]}"#, capabilities)
        let without = try filter(#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []}"#, capabilities)
        #expect((with != without) == counts)
    }

    @Test func aFilterThatTheKernelWouldNotTakeIsRefused() throws {
        let arguments = (0..<5000).map { value in
            #"{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": \#(value), "op": "SCMP_CMP_EQ"}]}"#
        }
        let text = #"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [\#(arguments.joined(separator: ","))]}"#
        let error = #expect(throws: SeccompError.self) { try filter(text) }
        #expect(error?.description.contains("4096") == true)
    }

    @Test(arguments: ["../etc/passwd", "", ".", "..", "a/b", "nothing-there"])
    func onlyFilesOfTheFolderAreProfiles(name: String) throws {
        let profiles = try SeccompProfiles(folder: "/tmp", defaultName: nil)
        let error = #expect(throws: SeccompError.self) {
            try profiles.filter(for: .named(name), hasImageRoot: true, capabilities: .ofImages)
        }
        #expect(error?.description.hasPrefix("the seccomp profile \"\(name)\"") == true)
    }

    @Test func whatAnImageGetsAndWhatOthersGet() throws {
        let profiles = SeccompProfiles()
        #expect(try profiles.filter(for: .standard, hasImageRoot: true, capabilities: .ofImages) != nil)
        #expect(try profiles.filter(for: .standard, hasImageRoot: false, capabilities: .all) == nil)
        #expect(try profiles.filter(for: .unconfined, hasImageRoot: true, capabilities: .ofImages) == nil)
        #expect(throws: SeccompError.self) { try profiles.filter(for: .named("x"), hasImageRoot: true, capabilities: .all) }
    }

    @Test func aChangedFileIsReadAgainAndABrokenDefaultEndsTheStart() throws {
        let folder = "/tmp/agora-seccomp-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let path = "\(folder)/mine"
        _ = try Folder.make(folder)
        defer {
            unlink(path)
            rmdir(folder)
        }
        try write(#"{"defaultAction": "SCMP_ACT_ALLOW"}"#, to: path)
        let profiles = try SeccompProfiles(folder: folder, defaultName: "mine")
        // Of the operator's default, all containers have it.
        let first = try profiles.filter(for: .standard, hasImageRoot: false, capabilities: .all)
        #expect(first != nil)
        #expect(try profiles.filter(for: .standard, hasImageRoot: false, capabilities: .all) == first)
        try write(#"{"defaultAction": "SCMP_ACT_LOG", "syscalls": []}"#, to: path)
        #expect(try profiles.filter(for: .standard, hasImageRoot: false, capabilities: .all) != first)
        try write("{", to: path)
        #expect(throws: SeccompError.self) { try SeccompProfiles(folder: folder, defaultName: "mine") }
    }

    private func write(_ text: String, to path: String) throws {
        unlink(path)
        let file = Descriptor(owning: open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644))
        try file.write(Array(text.utf8), describedAs: path)
    }
}
