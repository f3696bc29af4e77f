import Foundation
import TestSupport
import Testing

/// Volumes of pods and commands that are more than folders of the machine.
@Suite(.serialized) struct VolumeTests {
    private func pod(_ folder: URL, _ volume: String, _ first: String, _ second: String) throws -> String {
        let file = folder.appending(path: "pod.yaml")
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: shared}
            spec:
              restartPolicy: Never
              volumes: [{name: v, emptyDir: \(volume)}]
              containers:
              - name: first
                command: [sh, -c, '\(first)']
                securityContext: {runAsUser: 1}
                volumeMounts: [{name: v, mountPath: v}]
              - name: second
                command: [sh, -c, '\(second)']
                securityContext: {runAsUser: 65534}
                volumeMounts: [{name: v, mountPath: v}]
            """
        try Data(text.utf8).write(to: file)
        return file.path
    }

    @Test(arguments: ["{}", "{medium: Memory, sizeLimit: 1Mi}", "{sizeLimit: 1Gi}"]) func usersOfAPodShareAFolder(volume: String)
        async throws
    {
        try await AgoraLocal.run { local in
            try await withScratchDirectory { folder in
                let file = try pod(
                    folder,
                    volume,
                    "id -u > v/one; while [ ! -s v/two ]; do sleep 0.01; done; cat v/two",
                    "while [ ! -s v/one ]; do sleep 0.01; done; cat v/one; id -u > v/two; stat -f -c %T v"
                )
                let ended = try await local.command("run", file)
                #expect(ended.status == 0, "\(ended.errors)")
                #expect(ended.lines.contains { $0.hasPrefix("first") && $0.hasSuffix("65534") })
                #expect(ended.lines.contains { $0.hasPrefix("second") && $0.hasSuffix(" 1") })
                #expect(ended.lines.contains { $0.hasSuffix("tmpfs") } == volume.contains("Memory"))
            }
        }
    }

    @Test func aPodWithTooMuchInItsFolderEnds() async throws {
        try await AgoraLocal.run(arguments: ["--container-disk-watch-interval", "100ms"]) { local in
            try await withScratchDirectory { folder in
                let file = try pod(folder, "{sizeLimit: 1Mi}", "head -c 3000000 /dev/zero > v/big; sleep 1000", "sleep 1000")
                let ended = try await local.command("run", file)
                #expect(ended.status != 0 && ended.errors.contains("volumes/v"), "\(ended.errors)")
            }
        }
    }

    @Test func aCommandHasAFileSystemInMemory() async throws {
        try await AgoraLocal.run { local in
            let line = "stat -f -c %T m; head -c 2000000 /dev/zero > m/f || stat -c %s m/f"
            let ended = try await local.command("run", "--tmpfs", "m:size=1m", "--", "sh", "-c", line)
            #expect(ended.output == "tmpfs\n1048576\n", "\(ended)")
        }
    }
}
