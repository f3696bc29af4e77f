import Fetcher
import Foundation
import Testing

/// Files by HTTP: what is taken, and what servers cannot do to us.
@Suite struct DownloadTests {
    @Test func bringsFilesUnderTheirNames() async throws {
        try await TestServer.run {
            $0.answer(Array("from \($0.path)".utf8))
        } _: { server in
            try await FetchFixture.run { fixture in
                try await fixture.fetch(
                    FetchItem(uri: server.url("/a/tool?version=2#part"), isExecutable: true),
                    FetchItem(uri: server.url("/b"), outputFile: "etc/deep/b.conf"),
                    FetchItem(uri: server.url("/%C3%A9.txt"))
                )
                #expect(fixture.names == ["%C3%A9.txt", "etc", "etc/deep", "etc/deep/b.conf", "tool"])
                #expect(fixture.text("tool") == "from /a/tool?version=2")
                #expect(fixture.text("etc/deep/b.conf") == "from /b")
                let attributes = try FileManager.default.attributesOfItem(atPath: fixture.sandbox.appending(path: "tool").path)
                #expect(attributes[.posixPermissions] as? Int == 0o755)
                #expect(fixture.fetcher.statistics.succeeded == 1)
            }
        }
    }

    @Test func followsRedirectsWithCredentialsForTheFirstHostOnly() async throws {
        try await TestServer.run {
            $0.answer(Array(($0.head.contains("Authorization") ? "told" : "untold").utf8))
        } _: { other in
            let target = other.url("/file")
            try await TestServer.run { connection in
                let isAsked = connection.head.lowercased().contains("authorization: basic dtpw")
                connection.answer(isAsked ? "302 Found" : "401 Unauthorized", headers: ["Location: \(target)"])
            } _: { server in
                try await FetchFixture.run { fixture in
                    let url = server.url("/x").replacingOccurrences(of: "http://", with: "http://u:p@")
                    try await fixture.fetch(FetchItem(uri: url))
                    #expect(fixture.text("x") == "untold")
                }
            }
        }
    }

    /// What a server does, and what is said of it.
    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let code: FetchError.Code
        let words: String
        let answer: @Sendable (TestServer.Connection) -> Void

        var testDescription: String { name }
    }

    @Test(arguments: [
        Bad(name: "404", code: .notFound, words: "status 404") { $0.answer("404 Not Found") },
        Bad(name: "403", code: .forbidden, words: "status 403") { $0.answer("403 Forbidden") },
        Bad(name: "500", code: .unreachable, words: "status 500") { $0.answer("500 Oh") },
        Bad(name: "206", code: .unreachable, words: "status 206") { $0.answer("206 Partial Content", [1]) },
        Bad(name: "file redirect", code: .unreachable, words: "no http or https address") {
            $0.answer("302 Found", headers: ["Location: file:///etc/passwd"])
        },
        Bad(name: "redirect to nowhere", code: .unreachable, words: "no http or https address") { $0.answer("302 Found") },
        Bad(name: "endless redirects", code: .unreachable, words: "more than 10 times") {
            $0.answer("302 Found", headers: ["Location: \($0.path)x"])
        },
        Bad(name: "endless headers", code: .unreachable, words: "headers without end") {
            $0.send("HTTP/1.1 200 OK\r\nX:")
            let blanks = String(repeating: " ", count: 65536)
            while $0.send(blanks) {}
        },
        Bad(name: "not HTTP", code: .unreachable, words: "failed") { $0.send("hello\r\n\r\n") },
        Bad(name: "cut off", code: .unreachable, words: "failed") {
            $0.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort")
        },
        Bad(name: "too long", code: .limitExceeded, words: "--fetcher-max-bytes") {
            $0.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
            $0.waitForEnd()
        },
        Bad(name: "endless body", code: .limitExceeded, words: "--fetcher-max-bytes") {
            $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: "x", count: 65536) + "\r\n"
            while $0.send(chunk) {}
        },
    ])
    func saysWhatTheServerDidAndLeavesNothing(bad: Bad) async throws {
        try await TestServer.run(bad.answer) { server in
            try await FetchFixture.run {
                $0.limits.bytes = 10_000_000
            } _: { fixture in
                let failure = try #require(await fixture.failure(FetchItem(uri: server.url("/f.bin"), isCached: bad.name == "404")))
                #expect(failure.code == bad.code)
                #expect(failure.description.contains(bad.words) && failure.description.contains(server.url("/f.bin")))
                #expect(!fixture.hasSandbox)
                #expect(fixture.fetcher.statistics.failed == 1)
                #expect(fixture.fetcher.statistics.usedCacheBytes == 0)
            }
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"])
    func cutsADownloadThatStandsStill(beginning: String) async throws {
        try await TestServer.run {
            $0.send(beginning)
            $0.waitForEnd()
        } _: { server in
            try await FetchFixture.run {
                $0.stallTimeout = .milliseconds(300)
            } _: { fixture in
                let failure = await fixture.failure(FetchItem(uri: server.url("/f")))
                #expect(failure?.code == .stalled)
                #expect(failure?.description.contains("--fetcher-stall-timeout") == true)
            }
        }
    }

    @Test func aSlowDownloadThatMovesIsNotCut() async throws {
        try await TestServer.run { connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\n")
            for _ in 0..<8 {
                usleep(400_000)
                connection.send("x")
            }
        } _: { server in
            try await FetchFixture.run {
                $0.stallTimeout = .seconds(2)
            } _: { fixture in
                try await fixture.fetch(FetchItem(uri: server.url("/f")))
                #expect(fixture.text("f") == "xxxxxxxx")
            }
        }
    }

    @Test(arguments: [false, true]) func aKillStopsADownload(isCached: Bool) async throws {
        try await TestServer.run {
            $0.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nabc")
            $0.waitForEnd()
        } _: { server in
            try await FetchFixture.run { fixture in
                let fetcher = fixture.fetcher
                let sandbox = fixture.sandbox.path
                let item = FetchItem(uri: server.url("/f"), isCached: isCached)
                let task = Task { try await fetcher.fetch(FetchRequest(items: [item], sandbox: sandbox)) }
                while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
                task.cancel()
                await #expect(throws: FetchError.self) { try await task.value }
                #expect(!fixture.hasSandbox)
                #expect(fixture.fetcher.statistics.failed == 0)
            }
        }
    }

    @Test(arguments: [
        ("s3://bucket/key", "\"s3\" is not fetched"), ("ftp://host/f", "\"ftp\" is not fetched"),
        ("hdfs://host/f", "\"hdfs\" is not fetched"), ("relative/path", "absolute path"), ("", "empty"), ("http://", "host"),
        ("http://127.0.0.1:1", "file name"), ("http://127.0.0.1:1/", "file name"), ("file://host/f", "another machine"),
        ("http://127.0.0.1:1/f\nX: y", "control character"), ("/no/such/file", "no such file"), ("/dev/zero", "not a file"),
        ("/etc", "not a file"), ("http://127.0.0.1:1/f", "failed"),
    ])
    func refuses(uri: String, words: String) async throws {
        try await FetchFixture.run { fixture in
            let failure = try #require(await fixture.failure(FetchItem(uri: uri)))
            #expect(failure.description.contains(words))
            #expect(!fixture.hasSandbox)
        }
    }

    @Test(arguments: ["/abs", "../up", "a/../../b", "", ".", "a/", "a\0b"]) func refusesAnOutputFile(name: String) async throws {
        try await FetchFixture.run { fixture in
            let failure = await fixture.failure(FetchItem(uri: "/etc/hostname", outputFile: name))
            #expect(failure?.code == .invalidURI)
        }
    }

    @Test func showsNoPassword() async throws {
        try await FetchFixture.run { fixture in
            let failure = await fixture.failure(FetchItem(uri: "http://me:secret@127.0.0.1:1/f"))
            #expect(failure?.description.contains("secret") == false)
        }
    }
}
