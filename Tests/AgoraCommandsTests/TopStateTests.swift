import ArgumentParser
import Cluster
import MesosMessages
import SwiftProtobuf
import Testing

@testable import AgoraCommands

/// What keys do to `agora top`, and what it shows.
@Suite struct TopStateTests {
    /// Two machines; `a` is a pod with two containers, one of those with another.
    private static let cluster: TopCluster = {
        var cluster = TopCluster()
        let names = [("box-1", true), ("box-2", false)]
        cluster.nodes = names.map { name, isActive in
            TopNode(
                .with {
                    $0.agentInfo.hostname = name
                    $0.agentInfo.id.value = name
                    $0.active = isActive
                    $0.totalResources =
                        TaskNeeds(cpus: .init(thousandths: 4000), memory: .init(thousandths: 1_024_000), disk: .zero).resources
                },
                answers: true
            )
        }
        let box = TopNode.Identity(name: "box-1", agentID: "box-1")
        func container(_ id: String, _ parent: String?, _ cpu: Double, _ memory: UInt64, _ processes: UInt32, _ framework: String)
            -> TopContainer
        {
            var (now, before) = (ContainerReading(container: id, parent: parent), ContainerReading(container: id, parent: parent))
            (before.time, before.cpuSeconds, now.time, now.cpuSeconds) = (1, 0, 2, cpu / 100)
            (now.memory, now.memoryLimit, now.processes) = (memory << 20, 64 << 20, processes)
            return TopContainer(now, before: before, task: "task-\(id)", framework: framework, node: box)
        }
        cluster.containers = [
            container("a", nil, 50, 10, 7, "spark"), container("a.x", "a", 10, 4, 2, "spark"), container("a.y", "a", 40, 6, 3, "spark"),
            container("a.y.z", "a.y", 1, 1, 1, "spark"), container("b", nil, 90, 5, 1, "marathon"),
            container("c", nil, 6, 30, 9, "agora run"),
        ]
        cluster.nodes[0].count(cluster.containers)
        (cluster.asked, cluster.askable) = (1, 1)
        return cluster
    }()

    private func state(_ keys: String = "") -> TopState {
        var state = TopState(master: "127.0.0.1:5050")
        state.cluster = Self.cluster
        for key in TopKey.keys(in: Array(keys.utf8)) { _ = state.press(key) }
        return state
    }

    private func rows(_ keys: String) -> [String] {
        state(keys).shownContainers.map { String(repeating: "-", count: $0.depth) + $0.container.container }
    }

    @Test(arguments: [
        ("", ["b", "a", "c"]), ("c", ["b", "a", "c"]), ("m", ["c", "a", "b"]), ("p", ["c", "a", "b"]), ("n", ["a", "b", "c"]),
        ("f", ["c", "b", "a"]), ("o", ["a", "b", "c"]), ("h", ["a", "b", "c"]), ("w", ["a", "b", "c"]), ("r", ["c", "a", "b"]),
        ("nr", ["c", "b", "a"]), ("nrr", ["a", "b", "c"]), ("x?", ["b", "a", "c"]),
        ("t", ["b", "a", "-a.y", "--a.y.z", "-a.x", "c"]), ("tn", ["a", "-a.x", "-a.y", "--a.y.z", "b", "c"]), ("tt", ["b", "a", "c"]),
        ("/spark\r", ["a"]), ("/SPA\r", ["a"]), ("/spark\u{1b}", ["b", "a", "c"]), ("/spark\r\u{1b}", ["b", "a", "c"]), ("/none", []),
        ("/task-cc\u{7f}\r", ["c"]), ("/box-1\r", ["b", "a", "c"]), ("t/z\r", ["a.y.z"]), ("/q", []), ("/m\rm", ["b"]),
    ])
    func containersAreOrderedAndFiltered(_ keys: String, _ shown: [String]) {
        #expect(rows(keys) == shown)
    }

    @Test func keysAskForMoreThanAPicture() {
        let cases: [(TopKey, TopState.Action)] = [
            (.character("q"), .leave), (.interrupt, .leave), (.suspend, .suspend), (.character("t"), .refresh), (.character(" "), .refresh),
            (.character("m"), .none), (.tab, .none), (.up, .none),
        ]
        for (key, action) in cases {
            var state = state()
            #expect(state.press(key) == action, "\(key)")
        }
        var typing = state("/")
        #expect(typing.press(.character("q")) == .none && typing.filter == "q" && typing.press(.interrupt) == .leave)
        #expect(state("/" + String(repeating: "x", count: 500)).filter.count == TopState.longestFilter)
    }

    @Test(
        arguments: [
            ([0x71], [.character("q")]), ([0x1b], [.escape]), (Array("\u{1b}[A\u{1b}OB".utf8), [.up, .down]),
            (Array("\u{1b}[5~\u{1b}[6~".utf8), [.pageUp, .pageDown]), (Array("\u{1b}[H\u{1b}[4~".utf8), [.home, .end]),
            (Array("\u{1b}[1;5A".utf8), [.up]), (Array("\u{1b}[200~x".utf8), [.character("x")]), (Array("\u{1b}[".utf8), []),
            ([0x0d, 0x09, 0x7f, 0x08, 0x03, 0x1a], [.enter, .tab, .backspace, .backspace, .interrupt, .suspend]),
            (Array("é".utf8), [.character("é")]), ([0xff, 0x00, 0x01], []), ([], []),
        ] as [([UInt8], [TopKey])]
    )
    func bytesAreKeys(_ bytes: [UInt8], _ keys: [TopKey]) {
        #expect(TopKey.keys(in: bytes) == keys)
    }

    private func text(_ keys: String = "", columns: Int = 120, rows: Int = 24) -> [String] {
        state(keys).lines(columns: columns, rows: rows).map(\.text)
    }

    @Test func aScreenShowsMachinesAboveContainers() {
        let lines = text()
        #expect(lines[0] == "agora top  127.0.0.1:5050  2 machines  3 containers  cpus 1.5 of 8.0 used  memory 45.0 MiB of 2.0 GiB used")
        #expect(lines[1].hasPrefix("NODE          STATE       CPUS  ALLOC     OF"))
        #expect(lines[2].hasPrefix("box-1         active       1.5    0.0    4.0"))
        #expect(lines[2].contains("[####      ]") && lines[2].contains("[#         ]"))
        #expect(lines[3].hasPrefix("box-2         away           -    0.0"))
        #expect(lines[5].hasPrefix("TASK          FRAMEWORK  NODE         CPU%     MEMORY      LIMIT  PROCS"))
        #expect(lines[6].hasPrefix("task-b        marathon   box-1        90.0    5.0 MiB   64.0 MiB      1"))
        #expect(lines.last?.hasPrefix("by cpu   q leave  / filter  t tree") == true)
        #expect(text("t")[8].hasPrefix("  └ task-a.y      spark"))
        #expect(text("\t")[1].hasPrefix("NODE") && !text("\t").contains { $0.hasPrefix("TASK") })
        #expect(text("\t\t")[1].hasPrefix("TASK") && text("/none\r").contains("no container suits the filter"))
        #expect(text("/ab").last == "filter: ab_   Enter keeps it, Esc takes it away")
    }

    @Test func nothingIsWiderOrHigherThanTheScreen() {
        for columns in [1, 5, 20, 40, 60, 80, 100, 200] {
            for rows in [1, 2, 3, 5, 8, 24, 60] {
                for keys in ["", "t", "\t", "\t\t", "/x", "t\u{1b}[F"] {
                    let lines = text(keys, columns: columns, rows: rows)
                    #expect(lines.count <= rows && lines.allSatisfy { $0.count <= columns }, "\(columns) \(rows) \(keys)")
                }
            }
        }
        #expect(text(columns: 0, rows: 0).isEmpty)
    }

    @Test func narrowScreensKeepWhatMattersMost() {
        let lines = text(columns: 45)
        #expect(lines.contains { $0.hasPrefix("TASK") && $0.contains("CPU%") && $0.contains("MEMORY") && !$0.contains("FRAMEWORK") })
    }

    @Test func theListScrollsAndStopsAtItsEnds() {
        var state = state("t")
        state.pageRows = 2
        var seen: [Int] = []
        for key in [TopKey.up, .down, .down, .pageDown, .pageDown, .down, .end, .pageUp, .home] {
            _ = state.press(key)
            seen.append(state.first)
        }
        #expect(seen == [0, 1, 2, 4, 4, 4, 4, 2, 0])
        _ = state.press(.end)
        _ = state.press(.character("m"))
        #expect(state.first == 0)
        #expect(state.pageRows(rows: 24) > 5 && state.pageRows(rows: 1) == 1)
    }

    @Test func problemsAreShownAndNamesCannotMoveTheCursor() {
        var state = state()
        state.problem = "cannot list the machines: no master answers\nsecond line"
        #expect(state.lines(columns: 120, rows: 10)[1].text == "cannot list the machines: no master answers")
        var reading = ContainerReading(container: "evil")
        reading.time = 1
        state.cluster?.containers = [
            TopContainer(reading, before: nil, task: "a\u{1b}[2Jb\n", framework: "", node: TopNode.Identity(name: "box", agentID: "box"))
        ]
        let lines = state.lines(columns: 120, rows: 20).map(\.text)
        #expect(lines.contains { $0.hasPrefix("a\u{fffd}[2Jb\u{fffd}") } && !lines.contains { $0.contains("\u{1b}") || $0.contains("\n") })
    }

    @Test(
        arguments: [
            (nil, 0.0, 4.0, "[          ]"), (1.0, 2.0, 4.0, "[###..     ]"), (5.0, 4.0, 4.0, "[##########]"),
            (0.01, 0.0, 4.0, "[#         ]"),
            (1.0, 1.0, 0.0, "[          ]"),
        ] as [(Double?, Double, Double, String)]
    )
    func bars(_ used: Double?, _ allocated: Double, _ total: Double, _ bar: String) {
        #expect(TopTables.bar(used, allocated, of: total) == bar)
    }
}

/// The options of `agora top`.
@Suite struct TopOptionTests {
    @Test(arguments: [
        (["--interval", "0"], "--interval must be at least 200ms"), (["--interval", "x"], "interval"),
        (["--agents-at-a-time", "0"], "--agents-at-a-time must be from 1"), (["--agents-at-a-time", "10001"], "--agents-at-a-time"),
        (["--output", "xml"], "output"), (["extra"], "extra"),
    ])
    func areRefused(_ arguments: [String], _ words: String) {
        let error = #expect(throws: (any Error).self) { try TopCommand.parse(arguments) }
        #expect(error.map { TopCommand.message(for: $0) }?.contains(words) == true)
    }
}
