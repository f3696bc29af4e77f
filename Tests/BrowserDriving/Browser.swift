import Foundation
import Synchronization
import TestSupport

/// A browser with one page open, as tests and benchmarks drive it.
package final class Browser: Sendable {
    /// What was wrong with a command.
    package struct Refused: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    private struct State {
        var next = 0
        /// Answers as JSON.
        var waiting: [Int: CheckedContinuation<Data, any Error>] = [:]
        var problems: [String] = []
    }

    private let state: SharedState
    private let process: BrowserProcess
    private let session: String

    /// What the process's thread shares with the test.
    private final class SharedState: Sendable {
        let value = Mutex(State())
    }

    private init(_ process: BrowserProcess, _ state: SharedState, session: String) {
        self.process = process
        self.state = state
        self.session = session
    }

    /// Opens a browser, runs the body, and ends the browser whatever happens.
    package static func with<Result>(
        width: Int = 1280,
        height: Int = 900,
        _ body: (Browser) async throws -> Result
    ) async throws -> Result {
        try await withScratchDirectory { folder in
            let state = SharedState()
            let process = try BrowserProcess(folder: folder.path) { receive($0, state) }
            do {
                let browser = try await attach(process, state)
                for domain in ["Page", "Runtime", "Log", "Accessibility"] { try await browser.send("\(domain).enable") }
                try await browser.resize(width, height)
                let result = try await body(browser)
                await process.end()
                return result
            } catch {
                await process.end()
                throw error
            }
        }
    }

    private static func attach(_ process: BrowserProcess, _ state: SharedState) async throws -> Browser {
        let top = Browser(process, state, session: "")
        let targets = try await top.send("Target.getTargets")["targetInfos"] as? [[String: Any]] ?? []
        guard let page = targets.first(where: { $0["type"] as? String == "page" })?["targetId"] as? String else {
            throw Refused(description: "the browser has no page")
        }
        let answer = try await top.send("Target.attachToTarget", ["targetId": page, "flatten": true])
        return Browser(process, state, session: answer["sessionId"] as? String ?? "")
    }

    /// Sends a command of the DevTools protocol and waits for its answer.
    @discardableResult
    package func send(_ method: String, _ parameters: [String: Any] = [:]) async throws -> [String: Any] {
        let number = state.value.withLock { state in
            state.next += 1
            return state.next
        }
        var message: [String: Any] = ["id": number, "method": method, "params": parameters]
        if !session.isEmpty { message["sessionId"] = session }
        let bytes = try JSONSerialization.data(withJSONObject: message)
        let answer = try await withCheckedThrowingContinuation { continuation in
            state.value.withLock { $0.waiting[number] = continuation }
            do {
                try process.send(bytes)
            } catch {
                state.value.withLock { $0.waiting.removeValue(forKey: number) }?.resume(throwing: error)
            }
        }
        let object = try JSONSerialization.jsonObject(with: answer) as? [String: Any] ?? [:]
        if let error = object["error"] { throw Refused(description: "\(method): \(error)") }
        return object["result"] as? [String: Any] ?? [:]
    }

    /// What the page wrote to the console, and every error in it. That a host does not answer is told there, too, and is no
    /// fault of the page.
    package var problems: [String] { state.value.withLock(\.problems) }

    private static func receive(_ message: [String: Any], _ state: SharedState) {
        if let number = message["id"] as? Int, let bytes = try? JSONSerialization.data(withJSONObject: message) {
            state.value.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: bytes)
            return
        }
        guard let problem = problem(message["method"] as? String ?? "", message["params"] as? [String: Any] ?? [:]) else { return }
        state.value.withLock { $0.problems.append(problem) }
    }

    private static func problem(_ method: String, _ parameters: [String: Any]) -> String? {
        switch method {
        case "Runtime.consoleAPICalled", "Runtime.exceptionThrown":
            return "\(parameters)"
        case "Log.entryAdded":
            let entry = parameters["entry"] as? [String: Any] ?? [:]
            return entry["source"] as? String == "network" ? nil : "\(entry)"
        default:
            return nil
        }
    }
}
