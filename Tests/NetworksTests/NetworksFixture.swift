import Foundation
import LinuxKernel
import Logging
import Networks
import TestSupport
import Testing

/// Networks of the test's own and what joins containers to them; nothing of it is left afterwards.
struct NetworksFixture: Sendable {
    let test: TestNetworks
    let directory: String
    let configuration: NetworksConfiguration
    let networks: ContainerNetworks

    static func run(
        timeLimit: Duration = .seconds(30),
        _ body: @Sendable (NetworksFixture) async throws -> Void
    ) async throws {
        try await TestNetworks.run { test in
            try await withScratchDirectory { directory in
                var configuration = NetworksConfiguration()
                configuration.configurationDirectory = test.folder
                configuration.pluginDirectories = test.pluginFolders
                configuration.pluginTimeLimit = timeLimit
                let networks = try Self.networks(configuration, directory.path)
                let fixture = NetworksFixture(test: test, directory: directory.path, configuration: configuration, networks: networks)
                do {
                    try await body(fixture)
                } catch {
                    try fixture.leaveAll()
                    throw error
                }
                try fixture.leaveAll()
                #expect(try await test.left() == [])
                let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
                #expect(!mounts.contains(directory.path), "a mount is left")
            }
        }
    }

    /// Another object on the same folder, as the next process would make it.
    func next() throws -> ContainerNetworks { try Self.networks(configuration, directory) }

    private static func networks(_ configuration: NetworksConfiguration, _ directory: String) throws -> ContainerNetworks {
        let logger = Logger(label: "test.networks") { _ in SwiftLogNoOpLogHandler() }
        return try ContainerNetworks(configuration: configuration, directory: directory, ground: "test", logger: logger)
    }

    private func leaveAll() throws {
        let last = try next()
        for name in try last.names() { try last.leave(name) }
        last.close()
    }

    @discardableResult
    func join(_ name: String, _ requests: [NetworkRequest], isCancelled: () -> Bool = { false }) throws -> ContainerNetwork {
        try networks.join(name, hostname: "host-\(name)", requests, isCancelled: isCancelled)
    }

    /// The words of a join that must fail.
    func refusal(_ name: String, _ requests: [NetworkRequest], isCancelled: () -> Bool = { false }) -> String {
        do {
            try join(name, requests, isCancelled: isCancelled)
            return "it joined"
        } catch {
            return "\(error)"
        }
    }

    /// What a program prints that runs in a container's network namespace.
    func inside(_ network: ContainerNetwork, _ line: String) async throws -> String {
        let path = "/proc/\(getpid())/fd/\(network.namespace.descriptor.number)"
        return try await Program.run("nsenter", ["--net=\(path)", "sh", "-c", line]).output
    }
}
