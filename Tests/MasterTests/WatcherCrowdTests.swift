import Foundation
import Master
import TestSupport
import Testing

/// Very many who watch, and some who do not read.
@Suite(.serialized) struct WatcherCrowdTests {
    private static let count = "master/operator_event_stream_subscribers"

    /// All see the state and then the change; a tenth of them reads nothing and costs the others nothing.
    @Test func aThousandAtOnce() async throws {
        try await MasterProcess.run { process in
            let master = process.client
            let life = try await PageTasks(master)
            try await life.run("large", more: LargeReadTests.label(letters: 400_000))
            let before = try peak(of: process)
            let crowd = try WatcherCrowd(port: master.port, count: 1000)
            let readers = 0..<900
            #expect(await crowd.read(readers, until: #""heartbeat_interval_seconds":15.0}}"#, within: .seconds(60)) == readers.count)
            #expect(try await eventually { try await process.metric(Self.count) == 1000 })
            let scheduler = try await master.open("/api/v1/scheduler", LifeTests.subscribe)
            _ = try await scheduler.event("SUBSCRIBED")
            #expect(await crowd.read(readers, until: "FRAMEWORK_ADDED", within: .seconds(60)) == readers.count)
            let after = try peak(of: process)
            // A state for each would be 400 MB.
            #expect(after - before < 256 << 10, "\(before) KiB, then \(after) KiB")
            #expect(crowd.cutOff == 0)
            #expect(try await master.send("GET", "/health").status == 200)
            // One more than there may be: the oldest goes.
            let late = try WatcherCrowd(port: master.port, count: 1)
            #expect(await late.read(0..<1, until: #""heartbeat_interval_seconds":15.0}}"#, within: .seconds(20)) == 1)
            #expect(try await eventually { try await process.metric(Self.count) == 1000 })
        }
    }

    /// Who does not read the state it is shown is cut off, while others are shown it.
    @Test func whoDoesNotReadTheStateIsCutOff() async throws {
        try await withMaster({ $0.heartbeatInterval = .milliseconds(200) }) { master in
            let life = try await PageTasks(master)
            try await life.run("large", more: LargeReadTests.label(letters: 8_000_000))
            let deaf = try WatcherCrowd(port: master.port, count: 3)
            let watcher = try await master.open("/api/v1", #"{"type": "SUBSCRIBE"}"#)
            _ = try await watcher.event("SUBSCRIBED")
            #expect(try await eventually { try await master.send("GET", "/metrics/snapshot").json()[Self.count] as? Double == 1 })
            _ = await deaf.read(0..<3, until: "never", within: .seconds(20))
            #expect(deaf.cutOff == 3)
        }
    }

    /// Those who read slowly do not keep the others waiting for long.
    @Test func whoReadsTheStateSlowlyKeepsNobodyWaiting() async throws {
        try await withMaster({ $0.heartbeatInterval = .seconds(1) }) { master in
            let life = try await PageTasks(master)
            try await life.run("large", more: LargeReadTests.label(letters: 16_000_000))
            // As many as fill the room for states: each is shown one of its own, as the one before it has begun to read.
            var slow: [WatcherCrowd] = []
            for _ in 0..<9 {
                let one = try WatcherCrowd(port: master.port, count: 1)
                #expect(await one.read(0..<1, until: "SUBSCRIBED", within: .seconds(20)) == 1)
                slow.append(one)
            }
            let reading = Task { [slow] in
                while !Task.isCancelled {
                    for one in slow { _ = await one.read(0..<1, until: "never", within: .milliseconds(10), slowly: 40_000) }
                }
            }
            let watcher = try await master.open("/api/v1", #"{"type": "SUBSCRIBE"}"#)
            _ = try await watcher.event("SUBSCRIBED")
            // Those before it had to go.
            let isGone = try await eventually {
                try #require(try await master.send("GET", "/metrics/snapshot").json()[Self.count] as? Double) < 10
            }
            #expect(isGone)
            reading.cancel()
            await reading.value
        }
    }

    private func peak(of process: MasterProcess) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process.process.pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split { " \t".contains($0) }.compactMap { Int($0) }.first)
    }
}
