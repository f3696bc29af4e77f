import Agent
import AsyncHTTPClient
import Containers
import Foundation
import MesosAPI
import MesosMessages
import NIOCore
import NIOHTTP1
import SwiftProtobuf
import TestSupport
import Testing

/// LAUNCH_NESTED_CONTAINER_SESSION, ATTACH_CONTAINER_OUTPUT and ATTACH_CONTAINER_INPUT, as their clients see them.
@Suite(.serialized) struct SessionTests {
    private static let encodings = [MessageEncoding.json, .protobuf]

    // MARK: Sessions

    @Test(arguments: encodings) func showsBothStreamsAndKeepsTheStatus(encoding: MessageEncoding) async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let session = try await agent.session(["top", "s"], "echo out; echo err >&2; exit 5", encoding: encoding)
            #expect(session.contentType == "application/recordio" && session.recordType == encoding.mediaType)
            let output = try await session.rest()
            #expect(output.text(.stdout) == "out\n" && output.text(.stderr) == "err\n")
            #expect(output.hasHeartbeat)
            #expect(try await agent.wait(["top", "s"]).1.contains(#""exit_status":1280"#))
            #expect(try await agent.remove(["top", "s"]) == 200)
        }
    }

    @Test func isBesideItsParentsCommand() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "touch here; sleep 1000", more: "")
            let environment = #","environment":{"variables":[{"name":"OWN","value":"x"}]}"#
            try await agent.post(
                #"{"type":"LAUNCH_CONTAINER","launch_container":{"container_id":{"value":"a","parent":{"value":"top"}},"command":{"value":"cd /; sleep 1000"\#(environment)}}}"#
            ).0.expect(200)
            let line =
                #"echo $OWN $MESOS_SANDBOX; pwd; cat /proc/[0-9]*/comm | grep -c '^sleep$'; for n in mnt cgroup; do readlink /proc/self/ns/$n /proc/1/ns/$n | uniq | wc -l; done"#
            let lines = try await agent.session(["top", "a", "s"], line).rest().text(.stdout).split(separator: "\n").map(String.init)
            let sandbox = "\(agent.workDirectory)/containers/top/containers/a"
            #expect(lines.first == "x \(sandbox)" && lines[1] == sandbox)
            #expect(lines.dropFirst(2) == ["1", "1", "1"])
            _ = try await agent.wait(["top", "a", "s"])
            #expect(try await agent.remove(["top", "a", "s"]) == 200)
            #expect(FileManager.default.fileExists(atPath: sandbox))
        }
    }

    @Test func aTerminalJoinsTheStreams() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let container = #","container":{"type":"MESOS","tty_info":{"window_size":{"rows":33,"columns":101}}}"#
            let output = try await agent.session(["top", "s"], "stty size; echo err >&2; test -t 0 && exit 3", more: container).rest()
            #expect(output.text(.stdout) == "33 101\r\nerr\r\n" && output.text(.stderr).isEmpty)
            #expect(try await agent.wait(["top", "s"]).1.contains(#""exit_status":768"#))
        }
    }

    @Test func endsWithItsClient() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let session = try await agent.session(["top", "s"], "echo up; trap '' HUP TERM; while :; do sleep 1; done")
            _ = try await session.first()
            session.leave()
            #expect(try await agent.wait(["top", "s"]).1.contains(#""exit_status":9"#))
            #expect(try await agent.kill(["top"]) == 200)
        }
    }

    /// Many at once give all of their output.
    @Test func runsManyInParallel() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        try await agent.session(["top", "s\(number)"], "seq 1 20000").rest().text(.stdout).utf8.count
                    }
                }
                for try await count in group { #expect(count == 108_894) }
            }
        }
    }

    @Test func waitsForASlowClientWithoutGrowing() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let session = try await agent.session(["top", "s"], "head -c 50000000 /dev/zero; echo all >&2")
            _ = try await session.first()
            let output = try await session.rest()
            #expect(output.count(.stdout) == 50_000_000 && output.text(.stderr) == "all\n")
        }
    }

    @Test(arguments: [
        (
            ["top", "s"], #","container":{"type":"MESOS","volumes":[{"mode":"RW","container_path":"v","host_path":"/tmp"}]}"#, 400,
            "volumes"
        ),
        (["top", "s"], #","container":{"type":"MESOS","linux_info":{"share_cgroups":false}}"#, 400, "share_cgroups"),
        (["top", "s"], #","container":{"type":"MESOS","linux_info":{"ipc_mode":"PRIVATE"}}"#, 400, "ipc_mode"),
        (["top", "s"], #","container":{"type":"MESOS","linux_info":{"shm_size":64}}"#, 400, "shm_size"),
        (["top", "s"], #","container":{"type":"MESOS","tty_info":{"window_size":{"rows":70000,"columns":1}}}"#, 400, "window_size"),
        (["top", "s"], #","container":{"type":"DOCKER","docker":{"image":"x"}}"#, 400, "DOCKER"),
        (["nobody", "s"], "", 400, "nobody"), (["alone"], "", 400, "parent"), (["top", "a.b"], "", 400, "a.b"),
    ])
    func refusesAndSaysWhy(path: [String], more: String, status: Int, word: String) async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let session = try await agent.session(path, "true", more: more)
            #expect(session.status == status)
            #expect(try await session.body().contains(word))
        }
    }

    // MARK: Output

    @Test func showsTheOutputOfAnyContainerToAnyNumber() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(
                ["top"],
                "echo before; while [ ! -e go ]; do sleep 0.01; done; echo after; echo err >&2; sleep 0.2; echo last"
            )
            let sandbox = "\(agent.workDirectory)/containers/top"
            #expect(await eventually { agent.output("\(sandbox)/stdout") == "before\n" })
            let (new, all, other) = (
                try await agent.attach(["top"]), try await agent.attach(["top"], from: "start"),
                try await agent.attach(["top"])
            )
            _ = try await (new.first(), other.first())
            #expect(FileManager.default.createFile(atPath: "\(sandbox)/go", contents: nil))
            for (attached, text) in [(new, "after\nlast\n"), (all, "before\nafter\nlast\n"), (other, "after\nlast\n")] {
                let output = try await attached.rest()
                #expect(output.text(.stdout) == text && output.text(.stderr) == "err\n")
            }
            let ended = try await agent.attach(["top"])
            #expect(ended.status == 404)
            #expect(try await ended.body().contains("ended"))
        }
    }

    /// Each would cost one of the 128 watches that a user may have.
    @Test func whoComesAndGoesLeavesNothing() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            for _ in 0..<300 {
                let attached = try await agent.attach(["top"])
                try #require(attached.status == 200)
                _ = try await attached.first()
                attached.leave()
            }
        }
    }

    @Test func followsThroughFullFiles() async throws {
        try await AgentFixture.run({ $0.logLimit = LogLimit(bytes: 1024, files: 3) }) { agent in
            try await agent.launch(["top"], "while [ ! -e go ]; do sleep 0.01; done; for i in $(seq 1 2000); do echo $i; done; sleep 0.3")
            let attached = try await agent.attach(["top"])
            _ = try await attached.first()
            #expect(FileManager.default.createFile(atPath: "\(agent.workDirectory)/containers/top/go", contents: nil))
            let lines = try await attached.rest().text(.stdout).split(separator: "\n").compactMap { Int($0) }
            // Who is slower than three files misses some, but what comes is in order, and the end is there.
            #expect(lines == lines.sorted() && Set(lines).count == lines.count && lines.last == 2000)
        }
    }

    @Test func severalCanListenToASession() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let session = try await agent.session(["top", "s"], "cat")
            let listener = try await agent.attach(["top", "s"])
            _ = try await listener.first()
            #expect(try await agent.input(["top", "s"], [.text("hello"), .text("")]).0 == 200)
            #expect(try await session.rest().text(.stdout) == "hello")
            #expect(try await listener.rest().text(.stdout) == "hello")
        }
    }

    @Test func unknownContainersHaveNoOutputAndNoInput() async throws {
        try await AgentFixture.run { agent in
            let (output, input) = (try await agent.attach(["never"]).status, try await agent.input(["never"], []).0)
            #expect(output == 404 && input == 404)
        }
    }

    // MARK: Input

    @Test(arguments: encodings) func inputReachesASessionInPieces(encoding: MessageEncoding) async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let session = try await agent.session(["top", "s"], "cat")
            // One after the other, a short one and a long one; an empty record is the end.
            #expect(try await agent.input(["top", "s"], [.text("short "), .heartbeat], encoding: encoding).0 == 200)
            let long = String(repeating: "long", count: 300_000)
            #expect(try await agent.input(["top", "s"], [.text(long), .text("")], encoding: encoding).0 == 200)
            #expect(try await session.rest().text(.stdout) == "short " + long)
            #expect(try await agent.wait(["top", "s"]).1.contains(#""exit_status":0"#))
        }
    }

    /// Browsers send no body that is still being written: each piece of what is typed there is an attachment of its own.
    @Test func manyShortAttachmentsFollowOneAnother() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let session = try await agent.session(["top", "s"], "cat")
            for number in 0..<200 {
                let answer = try await agent.input(["top", "s"], [.text("\(number) ")])
                try #require(answer.0 == 200, "\(number): \(answer)")
            }
            #expect(try await agent.input(["top", "s"], [.text("")]).0 == 200)
            #expect(try await session.rest().text(.stdout) == (0..<200).map { "\($0) " }.joined())
        }
    }

    @Test func aTerminalEchoesIsResizedAndTakesCtrlC() async throws {
        try await AgentFixture.run { agent in
            let container = #","container":{"type":"MESOS","tty_info":{"window_size":{"rows":24,"columns":80}}}"#
            let line = "trap 'stty size; exit 7' INT; echo ready; while :; do sleep 0.01; done"
            try await agent.launch(["top"], line, more: container)
            #expect(await eventually { agent.output("\(agent.workDirectory)/containers/top/stdout") == "ready\r\n" })
            let attached = try await agent.attach(["top"])
            _ = try await attached.first()
            #expect(try await agent.input(["top"], [.text("typed\n")]).0 == 200)
            // Ctrl-C throws away what the terminal has not shown yet.
            #expect(await eventually { agent.output("\(agent.workDirectory)/containers/top/stdout") == "ready\r\ntyped\r\n" })
            #expect(try await agent.input(["top"], [.size(rows: 11, columns: 22), .text("\u{3}")]).0 == 200)
            let text = try await attached.rest().text(.stdout)
            #expect(text == "typed\r\n^C11 22\r\n")
            #expect(try await agent.wait(["top"]).1.contains(#""exit_status":1792"#))
        }
    }

    @Test func onlyOneAtATimeAndUntilTheContainerEnds() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let session = try await agent.session(["top", "s"], "sleep 1000")
            let first = Task {
                // Until it is the one that is in: the other asks at the same time.
                while true {
                    let answer = try await agent.input(["top", "s"], [], staysOpen: true)
                    if answer.0 != 409 { return answer }
                }
            }
            #expect(await eventually { (try? await agent.input(["top", "s"], []).0) == 409 })
            #expect(try await agent.kill(["top", "s"]) == 200)
            #expect(try await first.value.0 == 200)
            #expect(try await session.rest().text(.stdout).isEmpty)
        }
    }

    @Test func aCommandThatDoesNotReadHoldsNobody() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let session = try await agent.session(["top", "s"], "sleep 1000")
            let stuck = Task { try await agent.input(["top", "s"], [.text(String(repeating: "x", count: 1 << 20))], staysOpen: true) }
            #expect(await eventually { (try? await agent.input(["top", "s"], []).0) == 409 })
            stuck.cancel()
            #expect(await eventually { (try? await agent.input(["top", "s"], []).0) == 200 })
            session.leave()
        }
    }

    @Test func aCommandThatClosesItsInputKeepsItsClient() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let line = "read first; exec <&-; echo $first; while [ ! -e go ]; do sleep 0.01; done; echo last"
            let session = try await agent.session(["top", "s"], line)
            let more = String(repeating: "x", count: 1 << 20)
            let answer = try await agent.input(["top", "s"], [.text("one\n"), .text(more), .text(more)])
            #expect(answer.0 == 200, "\(answer)")
            #expect(FileManager.default.createFile(atPath: "\(agent.workDirectory)/containers/top/go", contents: nil))
            #expect(try await session.rest().text(.stdout) == "one\nlast\n")
        }
    }

    @Test func aContainerWithoutInputHasNone() async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let answer = try await agent.input(["top"], [.text("x")])
            #expect(answer.0 == 500 && answer.1.contains("no input"))
        }
    }

    @Test(arguments: [
        (#"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"PROCESS_IO"}}"#, "CONTAINER_ID"),
        (#"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"CONTAINER_ID"}}"#, "container_id"),
        (#"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"CONTAINER_ID","container_id":{"value":"a/b"}}}"#, "a/b"),
        ("{", "records"), ("", "records"),
    ])
    func theFirstRecordNamesTheContainer(record: String, word: String) async throws {
        try await AgentFixture.run { agent in
            let answer = try await agent.input(raw: Array("\(record.utf8.count)\n\(record)".utf8))
            #expect(answer.0 == 400 && answer.1.contains(word), "\(answer)")
        }
    }

    @Test(arguments: [
        (#""type":"CONTAINER_ID","container_id":{"value":"top"}"#, "PROCESS_IO"),
        (#""type":"PROCESS_IO""#, "PROCESS_IO"),
        (#""type":"PROCESS_IO","process_io":{"type":"DATA"}"#, "data.type"),
        (#""type":"PROCESS_IO","process_io":{"type":"DATA","data":{"type":"STDOUT","data":"eA=="}}"#, "STDIN"),
        (#""type":"PROCESS_IO","process_io":{"type":"DATA","data":{"type":"STDIN"}}"#, "data.data"),
        (#""type":"PROCESS_IO","process_io":{"type":"CONTROL"}"#, "control"),
        (#""type":"PROCESS_IO","process_io":{"type":"CONTROL","control":{"type":"TTY_INFO"}}"#, "tty_info"),
        (#""type":"PROCESS_IO","process_io":{"type":"CONTROL","control":{"type":"HEARTBEAT"}}"#, "heartbeat"),
        (
            #""type":"PROCESS_IO","process_io":{"type":"CONTROL","control":{"type":"TTY_INFO","tty_info":{"window_size":{"rows":1,"columns":2}}}}"#,
            "no terminal"
        ),
    ])
    func everyOtherRecordIsForTheCommand(record: String, word: String) async throws {
        try await AgentFixture.run { agent in
            try await agent.launch(["top"], "sleep 1000")
            let session = try await agent.session(["top", "s"], "cat")
            let call = #"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{\#(record)}}"#
            let first =
                #"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"CONTAINER_ID","container_id":\#(AgentFixture.id(["top", "s"]))}}"#
            let answer = try await agent.input(raw: Array("\(first.utf8.count)\n\(first)\(call.utf8.count)\n\(call)".utf8))
            #expect(answer.0 == 400 && answer.1.contains(word), "\(answer)")
            session.leave()
        }
    }

    private static let input =
        #"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"CONTAINER_ID","container_id":{"value":"x"}}}"#
    private static let output = #"{"type":"ATTACH_CONTAINER_OUTPUT","attach_container_output":{"container_id":{"value":"x"}}}"#
    private static let json = [("Content-Type", "application/json")]
    private static let records = [("Content-Type", "application/recordio")]

    @Test(arguments: [
        (input, json, 415), ("1\n{", records, 400), ("1\n{", records + [("Message-Content-Type", "text/plain")], 415),
        ("21\n{\"type\":\"GET_HEALTH\"}", records + [("Message-Content-Type", "application/json")], 415),
        (output, json + [("Accept", "text/html")], 406), (#"{"type":"ATTACH_CONTAINER_OUTPUT"}"#, json, 400),
    ])
    func otherHeadersAreRefused(body: String, headers: [(String, String)], status: Int) async throws {
        try await AgentFixture.run { agent in
            let answer = try await agent.post(body, headers: headers)
            #expect(answer.0 == status, "\(answer)")
        }
    }
}

extension Int {
    /// For a status that a test does not look at any further.
    fileprivate func expect(_ status: Int) { #expect(self == status) }
}
