import Foundation
import TestSupport
import Testing

/// Health checks and fetched files as a user meets them: through the master, to a scheduler, and by the command line.
@Suite(.serialized) struct CheckedTests {
    @Test func healthIsShown() async throws {
        try await withScratchDirectory { folder in
            let port = try freePort()
            let text = try String(contentsOfFile: example("checked.json"), encoding: .utf8).replacing("8098", with: "\(port)")
            let file = folder.appending(path: "checked.json")
            try text.write(to: file, atomically: true, encoding: .utf8)
            try await AgoraLocal.run { local in
                let started = try await local.command("run", "--detach", file.path)
                #expect(started.status == 0, "\(started.errors)")
                #expect(try await eventually { try await local.command("ps").output.contains("running (healthy)") })
                let json = try JSONSerialization.jsonObject(with: Data(try await local.command("ps", "--output", "json").output.utf8))
                #expect(((json as? [[String: Any]])?.first?["healthy"] as? Bool) == true)
                #expect(try await local.command("kill", "web").status == 0)
            }
        }
    }

    @Test func aPodThatStaysUnhealthyFails() async throws {
        try await withScratchDirectory { folder in
            let file = folder.appending(path: "sick.yaml")
            let text = """
                {apiVersion: v1, kind: Pod, metadata: {name: sick}, spec: {restartPolicy: Never, containers: [
                  {name: web, command: [sleep, "1000"], livenessProbe: {exec: {command: ["false"]}, periodSeconds: 1, failureThreshold: 2}},
                  {name: other, command: [sleep, "1000"]}]}}
                """
            try text.write(to: file, atomically: true, encoding: .utf8)
            try await AgoraLocal.run { local in
                let ended = try await local.command("run", file.path)
                #expect([137, 143].contains(ended.status))
                #expect(ended.errors.contains("health check failed too often"), "\(ended.errors)")
            }
        }
    }

    @Test func hundredsOfProbesLeaveTheAgentAsItWas() async throws {
        try await withScratchDirectory { folder in
            let (port, closed) = (try freePort(), try freePort())
            let count = folder.appending(path: "count")
            let times = #""delay_seconds": 0, "interval_seconds": 0, "grace_period_seconds": 0, "consecutive_failures": 1000000"#
            let check = #"{"type": "HTTP", "http": {"port": \#(port)}, "delay_seconds": 0, "interval_seconds": 0}"#
            let command = #"{"type": "COMMAND", "command": {"value": "echo >> \#(count.path)"}, \#(times)}"#
            let server = #"{"value": "exec python3 -m http.server \#(port) --bind 127.0.0.1"}"#
            let file = folder.appending(path: "group.json")
            let text = """
                {"tasks": [
                  {"name": "a", "command": \(server), "health_check": \(command), "check": \(check)},
                  {"name": "b", "command": {"value": "sleep 1000"}, "health_check": {"type": "TCP", "tcp": {"port": \(closed)}, \(times)}}
                ]}
                """
            try text.write(to: file, atomically: true, encoding: .utf8)
            try await AgoraLocal.run { local in
                let started = try await local.command("run", "--detach", file.path)
                #expect(started.status == 0, "\(started.errors)")
                func probes() -> Int { (try? Data(contentsOf: count))?.count ?? 0 }
                func descriptors() -> Int {
                    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(local.process.pid)/fd"))?.count ?? 0
                }
                #expect(await eventually(within: .seconds(60)) { probes() >= 10 })
                let before = descriptors()
                #expect(await eventually(within: .seconds(120)) { probes() >= 100 })
                // What a probe holds while it is made comes and goes.
                #expect(await eventually { descriptors() <= before + 4 })
            }
        }
    }

    @Test func filesAreThereWhenTheProgramStarts() async throws {
        try await withScratchDirectory { folder in
            try "fetched".write(to: folder.appending(path: "file"), atomically: true, encoding: .utf8)
            let group = folder.appending(path: "group.json")
            let uris = #"[{"value": "\#(folder.path)/file", "output_file": "in/side"}]"#
            try #"{"tasks": [{"name": "a", "command": {"value": "cat in/side", "uris": \#(uris)}}]}"#
                .write(to: group, atomically: true, encoding: .utf8)
            try await AgoraLocal.run { local in
                let single = try await local.command("run", "--uri", "file://\(folder.path)/file", "--", "cat", "file")
                #expect(single.status == 0 && single.output == "fetched", "\(single.errors)")
                let pod = try await local.command("run", group.path)
                #expect(pod.status == 0 && pod.output.hasSuffix("fetched"), "\(pod.errors)")
                let missing = try await local.command("run", "--uri", "\(folder.path)/missing", "--", "true")
                #expect(missing.status == 125 && missing.errors.contains("\(folder.path)/missing"), "\(missing.errors)")
                let unknown = try await local.command("run", "--uri", "s3://bucket/key", "--", "true")
                #expect(unknown.status == 125 && unknown.errors.contains("s3"), "\(unknown.errors)")
            }
        }
    }
}
