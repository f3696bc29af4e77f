import Foundation
import TestSupport
import Testing

/// Pods on a machine whose file system counts what containers have on the disk.
@Suite(.serialized, .enabled(if: !QuotaDisk.possible.isEmpty, "needs a kernel and file systems with project quotas"))
struct DiskQuotaTests {
    @Test(arguments: QuotaDisk.possible) func aPodThatWritesTooMuchIsRefusedAndGoesOn(kind: QuotaDisk) async throws {
        try await kind.with { path in
            let arguments = ["--work-dir", path, "--container-disk-accounting", "project", "--enforce-container-disk-quota"]
            try await AgoraLocal.run(arguments: arguments) { local in
                let file = "\(path)/pod.yaml"
                try Data(Self.pod.utf8).write(to: URL(fileURLWithPath: file))
                let ended = try await local.command("run", file)
                #expect(ended.status == 0 && ended.output.contains(kind.refusal), "\(ended)")
            }
        }
    }

    /// What it prints takes room, too, so it makes some first.
    private static let pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: writer}
        spec:
          restartPolicy: Never
          containers:
          - name: writer
            command: [sh, -c, 'words=$(head -c 5000000 /dev/zero 2>&1 > big); rm big; echo $words']
            securityContext: {runAsUser: 65534}
            resources: {requests: {ephemeral-storage: 2Mi}}
        """
}
