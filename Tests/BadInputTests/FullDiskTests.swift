import Foundation
import TestSupport
import Testing

/// A task that fills the disk ends by its own error; the agent and everything else go on.
@Suite(.serialized) struct FullDiskTests {
    @Test func endsTheTaskThatFilledIt() async throws {
        try await withSmallDisk { folder in
            try await Cluster.run(in: folder) { cluster in
                let other = try await cluster.run(["--detach", "--name", "other", "--", "sh", "-c", "while :; do sleep 1; done"])
                #expect(other.status == 0, "\(other.errors)")

                // What is written first has a page of the disk, so that the error has a place too.
                let written = "until [ -s stdout ] && [ -s stderr ]; do sleep 0.01; done"
                let line = "echo filling; echo filling >&2; \(written); cat /dev/zero > fill || exit 9"
                let filler = try await cluster.run(["--", "sh", "-c", line])
                #expect(filler.status == 9, "\(filler.errors)")
                #expect(filler.errors.contains("No space left on device"), "\(filler.errors)")

                let tasks = await (try Program.agora(["ps"], environment: ["AGORA_MASTER": cluster.local.master])).ended()
                #expect(tasks.output.contains("other"), "\(tasks.output)\(tasks.errors)")
                let next = try await cluster.run(["--", "sh", "-c", "exit 4"])
                #expect(next.status == 4, "\(next.errors)")
                let killed = await (try Program.agora(["kill", "other"], environment: ["AGORA_MASTER": cluster.local.master])).ended()
                #expect(killed.status == 0, "\(killed.errors)")
                #expect(cluster.local.process.isRunning)
            }
        }
    }
}

/// Runs the body with a folder that holds no more than 32 MiB.
private func withSmallDisk(_ body: (URL) async throws -> Void) async throws {
    try await withScratchDirectory { folder in
        try #require(mount("tmpfs", folder.path, "tmpfs", 0, "size=32m") == 0, "cannot mount: \(String(cString: strerror(errno)))")
        // Lazily: whatever still uses it must not keep the test from cleaning up.
        defer { umount2(folder.path, Int32(MNT_DETACH)) }
        try await body(folder)
    }
}
