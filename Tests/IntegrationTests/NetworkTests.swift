import Foundation
import TestSupport
import Testing

/// Networks as a user meets them: `agora run --network`.
@Suite(.serialized) struct NetworkTests {
    private func run(_ body: (AgoraLocal, TestNetworks) async throws -> Void) async throws {
        try await TestNetworks.run { networks in
            let flags = ["--network-cni-config-dir", networks.folder, "--network-cni-plugins-dir", "/usr/lib/cni"]
            try await AgoraLocal.run(arguments: flags) { local in try await body(local, networks) }
            #expect(try await networks.left() == [])
        }
    }

    @Test func aCommandHasAnAddressOfItsOwn() async throws {
        try await run { local, networks in
            let script = "hostname -I; grep -c $(hostname) /etc/hosts; echo $MESOS_CONTAINER_IP"
            let ended = try await local.command("run", "--network", "bridged", "--hostname", "box", "--", "sh", "-c", script)
            let own = "\(networks.prefix).2"
            #expect(ended.lines.first?.hasPrefix("\(own) \(networks.prefix6):2") == true, "\(ended.output)\(ended.errors)")
            #expect(Array(ended.lines.dropFirst()) == ["2", own], "\(ended.output)")
        }
    }

    @Test func anUnknownNetworkIsToldWithThoseThatThereAre() async throws {
        try await run { local, _ in
            let ended = try await local.command("run", "--network", "nowhere", "--", "true")
            #expect(ended.status != 0)
            #expect(
                ended.errors.contains("there is no network \"nowhere\"") && ended.errors.contains("\"bridged\", \"plain\""),
                "\(ended.errors)"
            )
        }
    }

    @Test func thePodsContainersShareOneNetworkAndItsPortsLeadIn() async throws {
        try await withScratchDirectory { folder in
            let port = try freePort()
            let file = folder.appending(path: "pod.yaml")
            try """
            apiVersion: v1
            kind: Pod
            metadata: {name: shared}
            spec:
              restartPolicy: Never
              hostNetwork: false
              containers:
              - name: server
                command: [sh, -c, "mkdir www && echo hello > www/index.html && exec python3 -m http.server 80 --directory www"]
                ports: [{containerPort: 80, hostPort: \(port)}]
                livenessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1, timeoutSeconds: 10, failureThreshold: 20}
              - name: neighbour
                command: [sh, -c, "until curl -sS http://127.0.0.1:80/; do sleep 0.1; done 2> /dev/null; exec sleep 1000"]
            """.write(to: file, atomically: true, encoding: .utf8)
            try await run { local, networks in
                let pod = try local.start(["run", "--network", "bridged", file.path])
                #expect(await pod.prints("hello"), "\(pod.standardError)")
                let answer = try await Program.run("curl", ["-sS", "-m", "10", "http://\(networks.prefix).1:\(port)/"])
                #expect(answer.output == "hello\n")
                let isHealthy = try await eventually { try await local.command("ps").output.contains("healthy") }
                #expect(isHealthy)
                await pod.stop()
            }
        }
    }
}
