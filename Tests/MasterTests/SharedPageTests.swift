import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Master

@Suite struct SharedPageTests {
    /// Makes pages that tell how many were made, each when it is let go on.
    private final class Maker: Sendable {
        private let state = Mutex((begun: 0, allowed: 0))

        var begun: Int { state.withLock(\.begun) }

        func allow() { state.withLock { $0.allowed += 1 } }

        func make() async -> ByteBuffer {
            let number = state.withLock { state in
                state.begun += 1
                return state.begun
            }
            _ = await eventually { state.withLock(\.allowed) >= number }
            return ByteBuffer(string: "\(number)")
        }
    }

    @Test func whoAsksMeanwhileSharesTheNextOne() async {
        let maker = Maker()
        let page = SharedPage { await maker.make() }
        let seen = Mutex<[String]>([])
        func ask(_ name: String) { #expect(page.ask { page in seen.withLock { $0.append("\(name)\(String(buffer: page))") } }) }
        ask("a")
        #expect(await eventually { maker.begun == 1 })
        ask("b")
        ask("c")
        maker.allow()
        #expect(await eventually { maker.begun == 2 })
        #expect(seen.withLock { $0 } == ["a1"])
        maker.allow()
        #expect(await eventually { seen.withLock { $0 } == ["a1", "b2", "c2"] })
        ask("d")
        maker.allow()
        #expect(await eventually { seen.withLock { $0 } == ["a1", "b2", "c2", "d3"] })
        #expect(maker.begun == 3)
    }

    @Test func moreThanFitAreTurnedAway() async {
        let maker = Maker()
        let page = SharedPage { await maker.make() }
        let answers = Mutex(0)
        func ask() -> Bool { page.ask { _ in answers.withLock { $0 += 1 } } }
        #expect(ask())
        #expect(await eventually { maker.begun == 1 })
        for _ in 0..<1024 { #expect(ask()) }
        #expect(!ask())
        maker.allow()
        maker.allow()
        #expect(await eventually { answers.withLock { $0 } == 1025 })
    }
}
