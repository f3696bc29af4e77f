import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

extension WebPageTests {
    /// The files of the page, as the master sends them.
    @Suite struct Files {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/CWebPage/Files").resolvingSymlinksInPath()

        private func get(_ port: Int, _ path: String, _ headers: [(String, String)] = []) async throws -> (HTTPClientResponse, [UInt8]) {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
            request.headers.add(contentsOf: HTTPHeaders(headers))
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
            return (response, Array(try await response.body.collect(upTo: 1 << 24).readableBytesView))
        }

        @Test func everyFileIsInTheProgram() async throws {
            let files = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path).filter { $0.contains(".") }
            #expect(files.count > 20)
            try await RunningMaster.with { master in
                for file in files {
                    let (response, body) = try await get(master.port, "/page/\(file)")
                    #expect(response.status == .ok, "\(file)")
                    #expect(body == Array(try Data(contentsOf: Self.folder.appending(path: file))), "\(file)")
                }
            }
        }

        @Test func browsersAreToldWhatTheyMayDoWithIt() async throws {
            try await RunningMaster.with { master in
                let (page, body) = try await get(master.port, "/")
                #expect(page.headers["Content-Type"] == ["text/html; charset=utf-8"])
                #expect(page.headers["X-Content-Type-Options"] == ["nosniff"])
                #expect(page.headers["Cache-Control"] == ["no-cache"])
                let policy = try #require(page.headers.first(name: "Content-Security-Policy"))
                #expect(policy.hasPrefix("default-src 'self';"))
                #expect(!policy.contains("unsafe"))
                #expect(String(decoding: body, as: UTF8.self).contains("<title>Agora</title>"))
                let (script, _) = try await get(master.port, "/page/main.js")
                #expect(script.headers["Content-Type"] == ["text/javascript; charset=utf-8"])
                let (style, _) = try await get(master.port, "/page/style/base.css")
                #expect(style.headers["Content-Type"] == ["text/css; charset=utf-8"])
            }
        }

        @Test func aFileIsSentAgainOnlyIfItIsAnother() async throws {
            try await RunningMaster.with { master in
                let (first, _) = try await get(master.port, "/page/main.js")
                let tag = try #require(first.headers.first(name: "ETag"))
                for known in [tag, "\"x\", \(tag)", "*"] {
                    let (again, body) = try await get(master.port, "/page/main.js", [("If-None-Match", known)])
                    #expect(again.status == .notModified, "\(known)")
                    #expect(body.isEmpty)
                }
                let (other, _) = try await get(master.port, "/page/main.js", [("If-None-Match", "W/\"0\"")])
                #expect(other.status == .ok)
            }
        }

        @Test func itIsCompressedForWhoTakesThat() async throws {
            try await RunningMaster.with { master in
                let (packed, _) = try await get(master.port, "/page/main.js", [("Accept-Encoding", "gzip")])
                #expect(packed.headers["Content-Encoding"] == ["gzip"])
                let (plain, _) = try await get(master.port, "/page/main.js", [("Accept-Encoding", "identity")])
                #expect(plain.headers["Content-Encoding"].isEmpty)
                let lengths = try [packed, plain].map { try #require($0.headers.first(name: "Content-Length").flatMap { Int($0) }) }
                #expect(lengths[0] < lengths[1])
            }
        }

        @Test(arguments: [
            "/page/", "/page/nothing.js", "/page/%2e%2e/index.html", "/page//etc/passwd", "/page/../../etc/passwd", "/page/%00",
        ])
        func thereIsNothingElse(path: String) async throws {
            try await RunningMaster.with { master in
                let (response, _) = try await get(master.port, path)
                #expect(response.status == .notFound || response.status == .badRequest, "\(response.status)")
            }
        }
    }
}
