import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import HTTPService
@testable import Master

@Suite struct SharedPageTests {
    /// Makes pages that tell how many were made, each when it is let go on.
    private final class Maker: Sendable {
        private let state = Mutex((begun: 0, allowed: 0))

        var begun: Int { state.withLock(\.begun) }

        func allow() { state.withLock { $0.allowed += 1 } }

        func make(_ body: PageBody) async {
            let number = state.withLock { state in
                state.begun += 1
                return state.begun
            }
            _ = await eventually { state.withLock(\.allowed) >= number }
            body.append(ByteBuffer(string: "\(number)"))
        }
    }

    /// Who saw which page.
    private final class Seen: Sendable {
        let names = Mutex<[String]>([])
    }

    @Test func whoAsksMeanwhileSharesTheNextOne() async {
        let maker = Maker()
        let page = SharedPage(KeptPages(turns: Turns(1))) { await maker.make($0) }
        let seen = Seen()
        func ask(_ name: String) {
            let isTaken = page.ask { body in
                Task {
                    let piece = await body.piece(0) ?? ByteBuffer()
                    seen.names.withLock { $0.append("\(name)\(String(buffer: piece))") }
                }
            }
            #expect(isTaken)
        }
        ask("a")
        #expect(await eventually { maker.begun == 1 })
        ask("b")
        ask("c")
        maker.allow()
        #expect(await eventually { maker.begun == 2 })
        #expect(await eventually { seen.names.withLock { $0 } == ["a1"] })
        maker.allow()
        #expect(await eventually { seen.names.withLock { $0.sorted() } == ["a1", "b2", "c2"] })
        ask("d")
        maker.allow()
        #expect(await eventually { seen.names.withLock { $0.sorted() } == ["a1", "b2", "c2", "d3"] })
        #expect(maker.begun == 3)
    }

    @Test func moreThanFitAreTurnedAway() async {
        let maker = Maker()
        let page = SharedPage(KeptPages(turns: Turns(1))) { await maker.make($0) }
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

    @Test func pagesThatNobodyReadsGiveWay() async {
        let bodies = Mutex<[PageBody]>([])
        let page = SharedPage(KeptPages(limit: 100, turns: Turns(1))) { $0.append(ByteBuffer(repeating: 1, count: 60)) }
        for number in 1...3 {
            #expect(page.ask { body in bodies.withLock { $0.append(body) } })
            #expect(await eventually { bodies.withLock { $0.count == number && $0[number - 1].isWhole } })
            if number > 1 { #expect(await eventually { bodies.withLock { !$0[number - 2].isWhole } }) }
        }
        #expect(await bodies.withLock { $0[0] }.piece(0) == nil)
        #expect(await bodies.withLock { $0[2] }.piece(0)?.readableBytes == 60)
    }
}
