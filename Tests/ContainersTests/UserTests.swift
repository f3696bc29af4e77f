import Cluster
import Containers
import Glibc
import LinuxKernel
import Testing

// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct UserTests {
    private static let files = [
        "etc/passwd": "root:x:0:0::/:/bin/sh\nbroken\nbad:x:-1:0\nhuge:x:99999999999:1\nalice:x:2000:2001::/:/bin/sh\n",
        "etc/group": "root:x:0:\nbroken\nstaff:x:2002:bob,alice\nplain:x:2003:\nmore:x:2004:alice\n",
    ]

    @Test(arguments: [
        ("alice", "2000 2001 2001 2002 2004"), ("2000", "2000 2001 2001 2002 2004"), ("alice:plain", "2000 2003 2003"),
        ("alice:77", "2000 77 77"), ("3000", "3000 0 0"), ("3000:3001", "3000 3001 3001"), ("root", "0 0 0"),
    ])
    func theUserIsTheContainersOwn(user: String, expected: String) async throws {
        try await ContainerFixture.run { fixture in
            let output = try await fixture.outputInImage("echo $(id -u) $(id -g) $(id -G)", files: Self.files) { $0.user = user }
            #expect(output == expected + "\n")
        }
    }

    @Test(arguments: ["bob", "bad", "huge", "alice:nobody", "alice:", ":staff", "4294967295", "-1", "al\nice"])
    func anUnknownUserIsRefusedAndNothingIsLeft(user: String) async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer", files: Self.files)
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.root = .image(layers: [layer])
            spec.user = user
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            guard case .launchFailed(_, let reason) = error else {
                Issue.record("launched, or \(error.map { "\($0)" } ?? "")")
                return
            }
            #expect(reason.stage == .user)
            let left = try Folder.open("\(fixture.base)/run/containers").names()
            #expect(left.isEmpty && access(spec.sandbox, F_OK) != 0)
        }
    }

    @Test func aHostileUserListIsRefused() async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer", files: ["etc/passwd": String(repeating: "x", count: 2 << 20)])
            var spec = fixture.spec(ContainerID("one"), "true")
            spec.root = .image(layers: [layer])
            spec.user = "alice"
            let error = await failure { () async throws(ContainerError) in try await fixture.containerizer.launch(spec) }
            #expect(error.map { "\($0)" }?.contains("larger than") == true)
        }
    }

    @Test func aUserOfTheHostOwnsItsSandboxAndHasNoCapabilities() async throws {
        try await ContainerFixture.run { fixture in
            chmod(fixture.base, 0o755)
            let line = "id -un; grep CapEff /proc/self/status; echo x > file; stat -c %U . stdout stderr file; kill -0 1 || echo refused"
            let output = try await fixture.output(of: ContainerID("one"), line + " 2>/dev/null") { $0.user = "nobody" }
            #expect(output == "nobody\nCapEff:\t0000000000000000\nnobody\nnobody\nnobody\nnobody\nrefused\n")
        }
    }
}
