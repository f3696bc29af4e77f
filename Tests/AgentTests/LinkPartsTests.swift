import MesosMessages
import SwiftProtobuf
import Testing

@testable import Agent

/// The small parts of the connection to the master.
@Suite struct LinkPartsTests {
    @Test func joinsUpdatesThatWaitBehindEachOther() async {
        let queue = CallQueue()
        #expect(queue.add(.updates("a")) && queue.add(.updates("b")))
        #expect(queue.add(.with { $0.type = .heartbeat }))
        #expect(queue.add(.updates("c")))
        queue.finish()
        let calls = await queue.next() ?? []
        #expect(calls.map(\.type) == [.updateStatus, .heartbeat, .updateStatus])
        #expect(calls.first?.updateStatus.updates.map(\.status.taskID.value) == ["a", "b"])
        #expect(await queue.next() == nil)
    }

    @Test func refusesMoreThanItHolds() {
        let queue = CallQueue()
        for _ in 0..<CallQueue.capacity { #expect(queue.add(.with { $0.type = .heartbeat })) }
        #expect(!queue.add(.with { $0.type = .heartbeat }))
    }

    @Test func wakesWhoWaits() async {
        let queue = CallQueue()
        async let calls = queue.next()
        #expect(queue.add(.updates("a")))
        #expect(await calls?.count == 1)
    }

    @Test func endsForACancelledReader() async {
        let queue = CallQueue()
        let reader = Task { await queue.next() }
        reader.cancel()
        #expect(await reader.value == nil)
    }

    @Test(
        arguments: [
            ("//10.0.0.1:5050/api/v1/agent", "10.0.0.1:5050"), ("http://m:5050", "m:5050"), ("//[::1]:5050/x", "[::1]:5050"),
            ("//m?x", "m"), ("/path", nil), ("", nil), ("//", nil), ("///x", nil),
        ] as [(String, String?)]
    )
    func readsWhereTheLeaderIs(location: String, authority: String?) {
        #expect(LinkExchange.authority(of: location) == authority)
    }
}

extension Agora_V1_AgentCall {
    fileprivate static func updates(_ task: String) -> Self {
        .with { call in
            call.type = .updateStatus
            call.updateStatus.updates = [.with { $0.status.taskID.value = task }]
        }
    }
}
