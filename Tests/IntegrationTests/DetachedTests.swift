import Foundation
import TestSupport
import Testing

/// What runs on after `agora run --detach` is listed, shown and ended from elsewhere.
@Suite(.serialized) struct DetachedTests {
    @Test func aTaskLivesOnUntilItIsKilled() async throws {
        try await AgoraLocal.run { local in
            let started = try await local.command("run", "-d", "--name", "web", "--", "sh", "-c", "echo serving; echo oops >&2; sleep 1000")
            #expect(started.status == 0, "\(started.errors)")
            let task = try #require(started.lines.first)
            #expect(task.hasPrefix("web-"))
            #expect(started.lines.count == 1)

            let list = try await local.command("ps")
            #expect(list.lines.count == 2 && list.lines[1].hasPrefix("\(task)  running  web  "), "\(list.output)")
            let json = try JSONSerialization.jsonObject(with: Data(try await local.command("ps", "--output", "json").output.utf8))
            #expect(((json as? [[String: Any]])?.first?["state"] as? String) == "TASK_RUNNING")

            let logs = try await local.command("logs", "web")
            #expect(logs.output == "serving\n" && logs.errors == "oops\n")
            #expect(try await local.command("logs", "--stderr", task).output.isEmpty)

            let follower = try local.start(["logs", "-f", task])
            #expect(await follower.prints("serving\n"))
            let killed = try await local.command("kill", "web")
            #expect(killed.status == 0 && killed.errors.contains("\(task): killed"), "\(killed.errors)")
            #expect(await follower.ended().status == 0)
            #expect(try await local.command("ps").lines.count == 1)
            #expect(try await local.command("ps", "--all").output.contains("\(task)  killed"))
        }
    }

    @Test func onlyPartOfTheOutputIsShown() async throws {
        try await AgoraLocal.run(arguments: ["--log-max-size", "1k", "--log-max-files", "100"]) { local in
            let line = "seq 1 1000; touch ready; while [ ! -e go ]; do sleep 0.01; done; seq 1001 1010"
            let task = try #require(try await local.command("run", "-d", "--name", "web", "--", "sh", "-c", line).lines.first)
            #expect(try await eventually { try await local.command("logs", "--tail", "1", "web").output == "1000\n" })
            #expect(try await local.command("logs", "-n", "3", task).output == "998\n999\n1000\n")
            #expect(try await local.command("logs", "--since", "1h", task).lines.count == 1000)
            #expect(try await local.command("logs", "--since", "2999-01-01T00:00:00+02:00", task).lines.isEmpty)
            #expect(try await local.command("logs", task).lines.count == 1000)

            let follower = try local.start(["logs", "-f", "--tail", "2", task])
            #expect(await follower.prints("999\n1000\n"))
            // What it does ends the container, and that may be before its own end is known.
            _ = try await local.command("exec", "web", "--", "touch", "go")
            #expect(await follower.ended().lines == (999...1010).map(String.init))
            #expect(try await local.command("logs", "-n", "2", "-f", task).output == "1009\n1010\n")
            #expect(try await local.command("logs", "-n", "2", "--since", "1h", task).output == "1009\n1010\n")
        }
    }

    @Test func aPodIsOneThing() async throws {
        try await AgoraLocal.run { local in
            let started = try await local.command("run", "--detach", "--output", "json", example("log-sidecar.yaml"))
            #expect(started.status == 0, "\(started.errors)")
            let json = try JSONSerialization.jsonObject(with: Data(started.output.utf8)) as? [String: [String]]
            let tasks = try #require(json?["tasks"])
            #expect(tasks.count == 2)
            #expect(
                try await eventually {
                    try await local.command("logs", "log-sidecar", "--container", "collector").output.contains("collected: GET /page/1 200")
                }
            )
            let both = try await local.command("logs", "log-sidecar")
            #expect(both.output.contains("collector | collected"))
            #expect(try await local.command("kill", tasks[0], "--grace", "0s").status == 0)
            // The other ends with it, a moment later.
            #expect(try await eventually { try await local.command("ps").lines.count == 1 })
        }
    }

    @Test func whatHasEndedIsTakenAway() async throws {
        try await AgoraLocal.run { local in
            let started = try await local.command("run", "-d", "--name", "short", "--", "sh", "-c", "sleep 0.3; echo done")
            #expect(started.status == 0, "\(started.errors)")
            #expect(try await eventually { try await local.command("ps").lines.count == 1 })
            #expect(try await local.command("logs", "short").output == "done\n")
            #expect(try await local.command("kill", "short").status == 0)
        }
    }

    @Test func aTaskOfSomebodyElseIsKilledThroughItsAgent() async throws {
        try await AgoraLocal.run { local in
            let attached = try local.start(["run", "--name", "held", "--", "sh", "-c", "echo up; exec sleep 1000"])
            #expect(await attached.prints("up\n"))
            let killed = try await local.command("kill", "held", "--grace", "1s")
            #expect(killed.status == 0, "\(killed.errors)")
            // `sleep` is the first process of its namespace and does not handle SIGTERM; SIGKILL ends it.
            #expect([137, 143].contains(await attached.ended().status))
        }
    }

    @Test func mistakesAreExplained() async throws {
        try await AgoraLocal.run { local in
            _ = try await local.command("run", "-d", "--name", "web", "--", "sleep", "1000")
            let unknown = try await local.command("logs", "wep")
            #expect(unknown.status == 1)
            #expect(unknown.errors.hasPrefix("agora: there is no task \"wep\"; did you mean web"), "\(unknown.errors)")
            #expect(try await local.command("kill", "nothing-like-it").status == 1)
            let node = try await local.command("nodes")
            #expect(node.lines.count == 2 && node.lines[1].contains("active"), "\(node.output)")
        }
    }
}
