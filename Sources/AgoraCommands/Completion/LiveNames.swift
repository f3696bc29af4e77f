import ArgumentParser
import Dispatch
import Foundation
import MesosMessages
import Synchronization

/// Names of the running cluster, for shells that complete a word: asked of the master in passing, and none if that takes long.
enum LiveNames {
    /// How long a user who pressed the tabulator may wait.
    static let patience = DispatchTimeInterval.milliseconds(800)
    /// More are no help.
    static let maximumCount = 200

    /// Tasks and pods; `isMeant` says which.
    static func tasks(_ isMeant: @escaping @Sendable (TaskCatalogue.Entry) -> Bool) -> CompletionKind {
        completion { client in
            let entries = try await TaskCatalogue.read(from: client).entries.filter(isMeant)
            return entries.flatMap { [$0.podName ?? $0.task.name, $0.id] }
        }
    }

    static var nodes: CompletionKind {
        completion { client in try await client.agents().agents.map(\.agentInfo.hostname) }
    }

    static var frameworks: CompletionKind {
        completion { client in try await client.frameworks().frameworks.map(\.frameworkInfo).flatMap { [$0.name, $0.id.value] } }
    }

    /// Those that have a maintenance window.
    static var machines: CompletionKind {
        completion { client in try await client.maintenanceSchedule().machines.flatMap { [$0.hostname, $0.ip] } }
    }

    /// Whatever `agora inspect` finds by its name.
    static var all: CompletionKind {
        completion { client in
            let cluster = try await client.state()
            return ObjectLookup(cluster, roles: try await client.roles()).objects.flatMap { [$0.id] + $0.names }
        }
    }

    private static func completion(_ ask: @escaping @Sendable (MasterClient) async throws -> [String]) -> CompletionKind {
        .custom { words, _, prefix in
            let option = masterOption(in: words)
            guard let endpoint = try? MasterOptions.endpoint(option, environment: ProcessInfo.processInfo.environment) else { return [] }
            let names = waiting { try await Connection.with { try await ask(MasterClient(connection: $0, master: endpoint)) } }
            return usable(names, prefix: prefix)
        }
    }

    /// The value of `--master` in a command line that is not finished.
    static func masterOption(in words: [String]) -> String? {
        for (index, word) in words.enumerated().reversed() {
            if word.hasPrefix("--master=") { return String(word.dropFirst("--master=".count)) }
            if word == "--master", index + 1 < words.count { return words[index + 1] }
        }
        return nil
    }

    /// Those that begin with `prefix`, each once. Names come from anybody: one that a shell would not take as one plain word is none.
    static func usable(_ names: [String], prefix: String) -> [String] {
        let plain = Set(names.filter { name in name.hasPrefix(prefix) && !name.isEmpty && name.utf8.allSatisfy(isPlain) })
        return Array(plain.sorted().prefix(maximumCount))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// What `ask` finds in time; nothing otherwise, whatever is wrong. Waits on this thread: commands with completions that are
    /// asynchronous could be parsed asynchronously only.
    private static func waiting(_ ask: @escaping @Sendable () async throws -> [String]) -> [String] {
        let found = Found()
        Task.detached {
            let names = (try? await ask()) ?? []
            found.names.withLock { $0 = names }
            found.isThere.signal()
        }
        _ = found.isThere.wait(timeout: .now() + patience)
        return found.names.withLock { $0 }
    }

    private final class Found: Sendable {
        let names = Mutex<[String]>([])
        let isThere = DispatchSemaphore(value: 0)
    }
}
