import Fetcher
import Foundation
import Testing

/// To whom files belong, and which files of the machine a user may have.
@Suite struct UserTests {
    @Test func filesBelongToTheUserOfTheImage() async throws {
        try await FetchFixture.run { fixture in
            let layers = ["low", "high"].map { fixture.folder.appending(path: $0) }
            for (layer, number) in zip(layers, [100, 200]) {
                try FileManager.default.createDirectory(at: layer.appending(path: "etc"), withIntermediateDirectories: true)
                let line = "app:x:\(number):\(number + 1)::/:/bin/sh\n"
                try Data(line.utf8).write(to: layer.appending(path: "etc/passwd"))
            }
            try await fixture.fetch(FetchItem(uri: "/etc/hostname", outputFile: "d/f"), user: "app", layers: layers.map(\.path))
            for name in ["", "d", "d/f"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: fixture.sandbox.appending(path: name).path)
                #expect(attributes[.ownerAccountID] as? Int == 200)
                #expect(attributes[.groupOwnerAccountID] as? Int == 201)
            }
        }
    }

    @Test(arguments: ["no-such-user", "", ":", "root:", "root:no-such-group"]) func refusesAUser(user: String) async throws {
        try await FetchFixture.run { fixture in
            #expect(await fixture.failure(FetchItem(uri: "/etc/hostname"), user: user)?.code == .storage)
            #expect(!fixture.hasSandbox)
        }
    }

    @Test func aFileIsReadWithTheRightsOfTheUser() async throws {
        try await FetchFixture.run { fixture in
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fixture.folder.path)
            let secret = try fixture.file("secret", Array("x".utf8))
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: secret)
            let failure = await fixture.failure(FetchItem(uri: secret), user: "65534:65534")
            #expect(failure?.code == .forbidden)
            #expect(failure?.description.contains("must not read") == true)
            try await fixture.fetch(FetchItem(uri: secret), user: "0:0")
            #expect(fixture.text("secret") == "x")
            let open = try fixture.file("public", Array("y".utf8))
            try await fixture.fetch(FetchItem(uri: open), user: "65534:65534", into: fixture.folder.appending(path: "other"))
            // The threads that did it are themselves again.
            for _ in 0..<16 { try await fixture.fetch(FetchItem(uri: secret), into: fixture.folder.appending(path: UUID().uuidString)) }
        }
    }
}
