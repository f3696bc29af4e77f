import Foundation
import TestSupport
import Testing

/// `agora exec`, `agora attach`, `agora debug` and `agora run -it`, as people use them.
@Suite(.serialized) struct SessionCommandTests {
    /// Runs a command on a terminal; each step waits for an output and then types.
    private func type(_ local: AgoraLocal, _ steps: [[Any]], _ arguments: String...) async throws -> Ended {
        try await Typing.run([Program.agora] + arguments, steps, environment: ["AGORA_MASTER": local.master])
    }

    private func launchWeb(_ local: AgoraLocal) async throws {
        let started = try await local.command("run", "-d", "--name", "web", "-e", "TOLD=so", "--", "sh", "-c", "echo up; sleep 1000")
        #expect(started.status == 0, "\(started.errors)")
    }

    @Test func aCommandRunsBesideTheContainersOwn() async throws {
        try await AgoraLocal.run { local in
            try await launchWeb(local)
            let ended = try await local.command("exec", "web", "--", "sh", "-c", "echo $TOLD; cat; echo err >&2; exit 3")
            #expect(ended.status == 3 && ended.output == "so\n" && ended.errors == "err\n", "\(ended)")
            #expect(try await local.command("exec", "web", "sh", "-c", "kill -9 $$").status == 137)
            #expect(try await local.command("exec", "web", "no-such-program").status == 127)
            let missing = try await local.command("exec", "nobody", "true")
            #expect(missing.status == 1 && missing.errors.contains("there is no task \"nobody\""))
            let wrong = try await local.command("exec", "--agent", "nowhere:x", "web", "true")
            #expect(wrong.status == 64 && wrong.errors.contains("--agent"))
            #expect(try await local.command("logs", "web").output == "up\n")
        }
    }

    @Test func aTerminalIsPassedOn() async throws {
        try await AgoraLocal.run { local in
            try await launchWeb(local)
            // What writes has the terminal; what only stands on it as typed may not run yet.
            let steps: [[Any]] = [
                ["# ", [21, 77]], ["", "sleep 0.2; echo kind=$TERM; stty size\r"],
                ["21 77", "sh -c 'echo d$((1+1)); exec sleep 1000'\r"], ["d2", "\u{3}"], ["^C", ""], ["# ", "exit 5\r"],
            ]
            let ended = try await type(local, steps, "exec", "-it", "web", "--", "sh")
            #expect(ended.status == 5 && ended.output.contains("kind=xterm"), "\(ended.output)")
        }
    }

    @Test func aSignalGivesTheTerminalBack() async throws {
        try await AgoraLocal.run { local in
            try await launchWeb(local)
            let line = "trap : TERM; \(Program.agora) exec -it web -- sh; echo status $?; stty -a"
            let ended = try await Typing.run(
                ["/bin/sh", "-c", line],
                [["# ", Int(SIGTERM)]],
                environment: ["AGORA_MASTER": local.master]
            )
            #expect(ended.output.contains("status 143") && ended.output.contains(" icanon"), "\(ended.output)")
        }
    }

    @Test func aContainerIsLeftAndJoinedAgain() async throws {
        try await AgoraLocal.run { local in
            #expect(try await local.command("run", "-d", "-i", "-t", "--name", "shell", "--", "sh").status == 0)
            let left = try await type(local, [["", "echo a$((1+1))\r"], ["a2", "\u{10}\u{11}"]], "attach", "shell")
            #expect(left.status == 0 && left.output.contains("the container runs on"), "\(left.output)")
            let ended = try await type(local, [["", "echo b$((1+1))\r"], ["b2", "exit 7\r"]], "attach", "shell")
            #expect(ended.status == 7, "\(ended.output)")
        }
    }

    @Test func aPodMayBeAShell() async throws {
        try await AgoraLocal.run { local in
            let ended = try await type(local, [["# ", "tty; echo c$((1+1))\r"], ["c2", "exit 4\r"]], "run", "-it", "--", "sh")
            #expect(ended.status == 4 && ended.output.contains("/dev/pts/"), "\(ended.output)")
            let piped = try await local.command("run", "-t", "-i", "--", "sh")
            #expect(piped.status == 64 && piped.errors.contains("standard input is no terminal"))
        }
    }

    @Test func toolsComeFromAnotherImage() async throws {
        try await AgoraLocal.run { local in
            try await withScratchDirectory { folder in
                try await launchWeb(local)
                let image = try await ToolImage.make(in: folder)
                let line = "busybox ls /; busybox ls /mnt/mesos/sandbox; busybox ps | busybox grep -c 'sleep 100[0]'"
                let ended = try await local.command("debug", "web", "--image", image, "--", "sh", "-c", line)
                #expect(ended.status == 0, "\(ended.errors)")
                #expect(ended.lines.contains("stdout") && !ended.lines.contains("usr"), "\(ended.output)")
                #expect(ended.lines.last == "2" || ended.lines.last == "1", "\(ended.output)")
            }
        }
    }
}
