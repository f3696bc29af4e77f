import Cluster
import Containers
import Foundation
import Glibc
import LinuxKernel
import Seccomp
import Testing

/// The system calls by which the kernel was attacked from containers, made by a program in one.
// Namespaces and cgroups need root.
@Suite(.enabled(if: geteuid() == 0))
struct SystemCallTests {
    /// Makes each call and prints its error number; arguments are such that, let through, it would do no harm.
    private static let program = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <sched.h>
        #include <stdio.h>
        #include <sys/socket.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        #define TRY(name, ...) do { \
            errno = 0; \
            long result = syscall(SYS_##name, __VA_ARGS__); \
            printf("%s %d\\n", #name, result < 0 ? errno : 0); \
        } while (0)
        int main(void) {
            TRY(unshare, CLONE_NEWUSER);
            TRY(unshare, CLONE_NEWNS);
            TRY(clone, CLONE_NEWUSER, 0, 0, 0, 0);
            TRY(clone3, 0, 0);
            TRY(setns, -1, 0);
            TRY(mount, 0, 0, 0, 0, 0);
            TRY(fsopen, 0, 0);
            TRY(open_tree, -1, 0, 0);
            TRY(pivot_root, 0, 0);
            TRY(open_by_handle_at, -1, 0, 0);
            TRY(keyctl, 0, 0, 0, 0, 0);
            TRY(add_key, 0, 0, 0, 0, 0);
            TRY(bpf, 0, 0, 0);
            TRY(perf_event_open, 0, 0, 0, 0, 0);
            TRY(userfaultfd, -1);
            TRY(io_uring_setup, 0, 0);
            TRY(init_module, 0, 0, 0);
            TRY(kexec_load, 0, 0, 0, 0);
            TRY(reboot, 0, 0, 0, 0);
            TRY(swapon, 0, 0);
            TRY(settimeofday, 0, 0);
            TRY(personality, 0x0040000);
            TRY(socket, AF_ALG, SOCK_SEQPACKET, 0);
            TRY(socket, AF_VSOCK, SOCK_STREAM, 0);
            TRY(socket, AF_INET, SOCK_STREAM, 0);
            TRY(ptrace, 16, 1, 0, 0);
            TRY(getpid, 0);
            return 0;
        }
        """

    private static let refused = """
        unshare 1
        unshare 1
        clone 38
        clone3 38
        setns 1
        mount 1
        fsopen 1
        open_tree 1
        pivot_root 1
        open_by_handle_at 1
        keyctl 1
        add_key 1
        bpf 1
        perf_event_open 1
        userfaultfd 1
        io_uring_setup 38
        init_module 1
        kexec_load 1
        reboot 1
        swapon 1
        settimeofday 1
        personality 38
        socket 38
        socket 38
        socket 0
        ptrace 1
        getpid 0

        """

    @Test func theCallsOfAttacksAreRefusedByTheStandardProfile() async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            try Self.compile(Self.program, to: "\(layer)/bin/attack")
            for capabilities in [CapabilitySet.ofImages, CapabilitySet.ofImages.union(CapabilitySet([.netAdmin]))] {
                let output = try await fixture.output(of: ContainerID("one"), "attack") {
                    $0.root = .image(layers: [layer])
                    $0.environment = [("PATH", "/bin")]
                    $0.confinement.boundingCapabilities = capabilities
                }
                #expect(output == Self.refused)
                try await fixture.containerizer.forget(ContainerID("one"))
                try Folder.open("\(fixture.base)/sandboxes").removeTree("one")
            }
        }
    }

    /// The same calls get to the kernel where nobody filters them, so that it is the filter that the test above sees.
    @Test func withoutAFilterTheCallsReachTheKernel() async throws {
        try await ContainerFixture.run { fixture in
            let layer = try ImageFixture.layer("\(fixture.base)/layer")
            try Self.compile(Self.program, to: "\(layer)/bin/attack")
            let output = try await fixture.output(of: ContainerID("one"), "attack") {
                $0.root = .image(layers: [layer])
                $0.environment = [("PATH", "/bin")]
                $0.confinement.seccomp = .unconfined
            }
            #expect(output.contains("clone3 22\n") && output.contains("socket 0\nsocket 0\n"), "\(output)")
        }
    }

    private static func compile(_ text: String, to path: String) throws {
        let source = "\(path).c"
        try Data(text.utf8).write(to: URL(fileURLWithPath: source))
        let compiler = try Process.run(URL(fileURLWithPath: "/usr/bin/gcc"), arguments: ["-static", "-O1", "-o", path, source])
        compiler.waitUntilExit()
        unlink(source)
        #expect(compiler.terminationStatus == 0)
    }
}
