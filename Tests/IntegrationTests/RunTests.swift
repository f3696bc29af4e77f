import Foundation
import TestSupport
import Testing

/// `agora run` as a user meets it.
@Suite(.serialized) struct RunTests {
    @Test func theStatusIsThatOfTheProgram() async throws {
        try await AgoraLocal.run { local in
            for (line, status) in [("true", 0), ("exit 7", 7), ("exit 255", 255), ("kill -9 $$", 137), ("kill -TERM $$", 143)]
                as [(String, Int32)]
            {
                let ended = try await local.command("run", "--", "sh", "-c", line)
                #expect(ended.status == status, "\(line): \(ended.errors)")
                #expect(ended.output.isEmpty)
            }
        }
    }

    @Test func nothingOfTheOutputIsLost() async throws {
        try await AgoraLocal.run { local in
            let ended = try await local.command("run", "--", "sh", "-c", "seq 200000; printf end; echo err >&2")
            #expect(ended.status == 0)
            #expect(ended.lines.count == 200_001)
            #expect(ended.output.hasSuffix("200000\nend"))
            // A slow machine makes it tell what it waits for.
            #expect(ended.errors.split(separator: "\n").filter { !$0.hasPrefix("agora: waiting for") } == ["err"])
        }
    }

    @Test func flagsReachTheContainer() async throws {
        try await withScratchDirectory { folder in
            try "from the machine".write(to: folder.appending(path: "file"), atomically: true, encoding: .utf8)
            try await AgoraLocal.run { local in
                let script = "echo $A-$B; cat file; id -u; id -g; hostname; touch /mnt/x 2>/dev/null || echo read-only; ulimit -v"
                let ended = try await local.command(
                    [
                        "run", "-e", "A=one", "-e", "B", "-v", "\(folder.path):/mnt:ro", "-w", "/mnt", "-u", "1234:1235", "--hostname",
                        "box",
                        "--cpus", "0.5", "-m", "64m", "--", "sh", "-c", script,
                    ],
                    environment: ["B": "two"]
                )
                #expect(Array(ended.lines.prefix(5)) == ["one-two", "from the machine1234", "1235", "box", "read-only"], "\(ended.errors)")
            }
        }
    }

    @Test func tooMuchMemoryEndsTheProgram() async throws {
        try await AgoraLocal.run { local in
            let ended = try await local.command("run", "-m", "32m", "--", "sh", "-c", "head -c 200m /dev/zero | tail > /dev/null")
            #expect(ended.status == 137, "\(ended.output)")
            #expect(ended.errors.lowercased().contains("memory"), "\(ended.errors)")
        }
    }

    @Test(arguments: [
        (["--", "/no/such/program"], "no/such/program"), (["--image", "oci:/no/such/folder", "--", "x"], "/no/such/folder"),
        (["--image", "127.0.0.1:9/x", "--", "x"], "127.0.0.1:9"), (["-u", "no-such-user", "--", "true"], "no-such-user"),
        (["-v", "/no/such/path:/mnt", "--", "true"], "/no/such/path"),
    ])
    func whatCannotBeRunSaysWhy(_ arguments: [String], _ word: String) async throws {
        try await AgoraLocal.run { local in
            let ended = try await local.command(["run"] + arguments)
            #expect([125, 126, 127].contains(ended.status), "\(String(describing: ended.status))")
            #expect(ended.errors.contains(word), "\(ended.errors)")
        }
    }

    @Test func waitingIsToldAndCanBeEnded() async throws {
        try await AgoraLocal.run { local in
            let process = try local.start(["run", "--cpus", "9000", "--", "true"])
            #expect(await process.tells("agora: waiting for an offer with cpus:9000;mem:32 (seen: cpus:"), "\(process.standardError)")
            #expect(await process.tells("agora: none of 1 agent fits: 1 is too small in cpus (9000 wanted, "), "\(process.standardError)")
            let why = try await local.command(["why", "--resources", "cpus:9000", "true"])
            #expect(why.output.contains("which wants cpus:9000: none of 1 agent fits: 1 is too small in cpus"), "\(why)")
            // The pod's own needs are known without being said again.
            let itself = try await local.command("why", "true")
            #expect(itself.output.contains("9000") && itself.output.contains("none of 1 agent fits: 1 is too small in cpus"), "\(itself)")
            process.signal(SIGINT)
            #expect(await process.ended().status == 130)
        }
    }

    @Test func whyATaskDiedIsTold() async throws {
        try await AgoraLocal.run { local in
            let script = "echo first; echo last; echo oops >&2; exit 3"
            #expect(try await local.command(["run", "--name", "broken", "--", "sh", "-c", script]).status == 3)
            let why = try await local.command("why", "broken")
            let words = ["is TASK_FAILED on ", "exit status 3", "last lines of stdout:\n  first\n  last", "last lines of stderr:\n  oops"]
            for word in words { #expect(why.output.contains(word), "\(why)") }
            let used = /It ran for [0-9]+s; used [0-9.]+ [KM]iB of 32\.0 MiB of memory at most, [0-9.]+ s of processor time\./
            #expect(why.output.contains(used), "\(why)")
            let one = try await local.command("why", "--lines", "1", "--output", "json", "broken")
            #expect(one.output.contains(#""last""#) && !one.output.contains("first"), "\(one)")
            #expect(one.output.contains(/"exit_status" ?: 3/) && one.output.contains(/"memory_limit_bytes" ?: 33554432/), "\(one)")
            #expect(try await local.command("why", "nobody").errors.contains("there is no task \"nobody\""))
            // What was left running has nobody who waits any more, however it ended.
            #expect(try await local.command("run", "-d", "--name", "left", "--", "sh", "-c", "sleep 0.2; exit 4").status == 0)
            let isTold = try await eventually { try await local.command("why", "left").output.contains("exit status 4") }
            let left = try await local.command("why", "left")
            #expect(isTold, "\(left)")
        }
    }

    @Test func interruptKillsThePodAndWaits() async throws {
        try await AgoraLocal.run { local in
            let process = try local.start(["run", "--", "sh", "-c", "trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.1; done"])
            #expect(await process.prints("up\n"))
            process.signal(SIGINT)
            let ended = await process.ended()
            #expect(ended.status == 130)
            #expect(ended.output == "up\nbye\n")
            #expect(try await local.command("ps").lines.count == 1)
        }
    }

    @Test func aSecondInterruptKillsAtOnce() async throws {
        try await AgoraLocal.run { local in
            let process = try local.start(
                ["run", "--stop-timeout", "1h", "--", "sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"])
            #expect(await process.prints("up\n"))
            process.signal(SIGINT)
            #expect(await process.tells("Ctrl-C again kills at once"))
            process.signal(SIGINT)
            #expect(await process.ended(within: .seconds(20)).status == 130)
        }
    }

    @Test func whoStopsReadingEndsThePod() async throws {
        try await AgoraLocal.run { local in
            let pipeline = "'\(Program.agora)' run --master \(local.master) -- yes | head -n 2"
            let ended = await (try Program("/bin/sh", ["-c", pipeline])).ended(within: .seconds(30))
            #expect(ended.status == 0)
            #expect(ended.output == "y\ny\n")
            #expect(try await eventually { try await local.command("ps").lines.count == 1 })
        }
    }

    @Test func aPodFileFromStandardInputAndABadOne() async throws {
        try await withScratchDirectory { folder in
            let file = folder.appending(path: "bad.yaml")
            try "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: b, stdinOnce: true}]}".write(
                to: file,
                atomically: true,
                encoding: .utf8
            )
            let ended = await (try Program.agora(["run", file.path])).ended()
            #expect(ended.status == 65)
            #expect(
                ended.errors
                    == "agora: \(file.path): spec.containers[0].stdinOnce: inputs for one client only are not supported yet; leave the field out\n"
            )
        }
    }
}
