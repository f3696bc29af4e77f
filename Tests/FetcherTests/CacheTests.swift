import Fetcher
import Foundation
import TestSupport
import Testing

/// One download for several tasks, and what is kept.
@Suite struct CacheTests {
    private func withServer(_ body: (TestServer) async throws -> Void) async throws {
        try await TestServer.run {
            $0.answer([UInt8](repeating: 0x61, count: $0.path.contains("big") ? 900 : 400))
        } _: { server in
            try await body(server)
        }
    }

    private func item(_ uri: String) -> FetchItem { FetchItem(uri: uri, isCached: true) }

    @Test func keepsWhatItHas() async throws {
        try await withServer { server in
            try await FetchFixture.run { fixture in
                try await fixture.fetch(item(server.url("/f")))
                try await fixture.fetch(item(server.url("/f")), into: fixture.folder.appending(path: "second"))
                #expect(server.requests == ["/f"])
                #expect(fixture.fetcher.statistics.usedCacheBytes == 400)
                try await fixture.fetch(item(server.url("/f")), user: "1000:1000", into: fixture.folder.appending(path: "third"))
                #expect(server.requests == ["/f", "/f"], "another user has a copy of its own")
                try await fixture.fetch(FetchItem(uri: server.url("/f")), into: fixture.folder.appending(path: "fourth"))
                #expect(server.requests.count == 3, "without cache it is asked for each time")
            }
        }
    }

    @Test func sharesADownloadThatIsUnderWay() async throws {
        try await TestServer.run { connection in
            usleep(200_000)
            connection.answer([UInt8](repeating: 0x61, count: 100_000))
        } _: { server in
            try await FetchFixture.run { fixture in
                let (fetcher, folder, url) = (fixture.fetcher, fixture.folder, server.url("/f"))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<8 {
                        group.addTask {
                            let sandbox = folder.appending(path: "sandbox\(number)").path
                            try await fetcher.fetch(FetchRequest(items: [FetchItem(uri: url, isCached: true)], sandbox: sandbox))
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(server.requests == ["/f"])
            }
        }
    }

    @Test func theLongestUnusedGivesWay() async throws {
        try await withServer { server in
            try await FetchFixture.run {
                $0.cacheBytes = 1000
            } _: { fixture in
                for name in ["/a", "/b", "/a", "/c", "/a", "/b"] { try await fixture.fetch(item(server.url(name))) }
                #expect(server.requests == ["/a", "/b", "/c", "/b"])
                #expect(fixture.fetcher.statistics.usedCacheBytes == 800)
                let kept = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.appending(path: "cache").path)
                #expect(kept.count == 2)
            }
        }
    }

    @Test(arguments: [0, 300] as [Int64]) func whatDoesNotFitIsBroughtDirectly(capacity: Int64) async throws {
        try await withServer { server in
            try await FetchFixture.run {
                $0.cacheBytes = capacity
            } _: { fixture in
                try await fixture.fetch(item(server.url("/big")))
                #expect(fixture.text("big")?.count == 900)
                #expect(fixture.fetcher.statistics.usedCacheBytes == 0)
            }
        }
    }

    @Test func whatHasNoLengthIsBroughtDirectly() async throws {
        try await TestServer.run {
            $0.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nendless?")
        } _: { server in
            try await FetchFixture.run { fixture in
                try await fixture.fetch(item(server.url("/f")))
                #expect(fixture.text("f") == "endless?")
                #expect(fixture.fetcher.statistics.usedCacheBytes == 0)
            }
        }
    }

    @Test func unpacksFromTheCache() async throws {
        try await FetchFixture.run { fixture in
            let content = try Data(contentsOf: URL(fileURLWithPath: try await fixture.archive("x", "tar('w:gz', entry('f', b'text'))")))
            try await TestServer.run {
                $0.answer(content)
            } _: { server in
                try await fixture.fetch(item(server.url("/a.tgz")))
                try await fixture.fetch(item(server.url("/a.tgz")))
                #expect(fixture.names == ["f"], "the archive itself stays in the cache, as in Mesos")
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test func beginsEmpty() async throws {
        try await withServer { server in
            try await FetchFixture.run { fixture in
                try await fixture.fetch(item(server.url("/f")))
                let configuration = FetcherConfiguration(cacheDirectory: fixture.folder.appending(path: "cache").path)
                let next = try Fetcher(configuration: configuration)
                #expect(next.statistics.usedCacheBytes == 0)
                #expect(try FileManager.default.contentsOfDirectory(atPath: configuration.cacheDirectory).isEmpty)
            }
        }
    }
}
