import BrowserDriving
import Foundation
import TestSupport
import Testing

extension WebPageTests {
    /// The terminal: a shell in a container, by nothing but the agent's API.
    @Suite(.serialized) struct Terminals {
        private static let screen = "[...document.querySelectorAll('.terminal .row')].map(row => row.textContent.trimEnd()).join('\\n')"

        /// Runs the body at a terminal of a container.
        private func atTerminal(_ body: (Browser) async throws -> Void) async throws {
            try await AgoraLocal.run { local in
                let run = ["run", "--master", local.master, "--detach", "--name", "host", "--", "sleep", "1000"]
                let ended = await (try Program.agora(run)).ended()
                try #require(ended.status == 0, "\(ended.errors)")
                try await Browser.with { browser in
                    try await browser.open("http://\(local.master)/#/tasks")
                    try await browser.press("host")
                    try await browser.press("Terminal")
                    try await browser.wait(until: "/[#$] ?$/.test(\(Self.screen).trimEnd())")
                    try await browser.wait(until: "document.activeElement?.tagName === 'TEXTAREA'")
                    try await body(browser)
                    #expect(browser.problems == [])
                }
            }
        }

        private func enter(_ browser: Browser, _ line: String) async throws {
            try await browser.type(line)
            try await browser.key("Enter", code: 13)
        }

        private func wait(_ browser: Browser, for pattern: String) async throws {
            try await browser.wait(until: "/\(pattern)/m.test(\(Self.screen))")
        }

        @Test func commandsRunAndTheTerminalFollowsItsSize() async throws {
            try await atTerminal { browser in
                try await enter(browser, "echo a$((40 + 2))b")
                try await wait(browser, for: "^a42b$")
                try await enter(browser, "tty; sleep 1000")
                try await wait(browser, for: "^\\/dev\\/pts")
                try await browser.key("c", code: 67, modifiers: 2)
                try await browser.resize(700, 500)
                try await enter(browser, "stty size")
                try await wait(browser, for: "^[0-9]+ [0-9]+$")
                let size = try await browser.value("\(Self.screen).match(/^([0-9]+) ([0-9]+)$/m).slice(1).join(' ')")
                let columns = try #require(size.split(separator: " ").last.flatMap { Int($0) })
                #expect((20..<100).contains(columns), "\(size)")
                try await enter(browser, "exit 3")
                try await browser.wait(for: "Start again")
                #expect(try await browser.namelessControls() == [])
            }
        }

        @Test func programsThatFillTheScreenAreDrawn() async throws {
            try await atTerminal { browser in
                // Colours, a place on the screen, wide letters, lines, and the second screen, which leaves the first as it was.
                try await enter(browser, #"clear; printf '\033[31mred\033[0m \033[5;10Hplace 漢字\033[7;1H\033(0lqk\033(B\n'"#)
                try await wait(browser, for: "^ {9}place 漢字")
                try await wait(browser, for: "^┌─┐")
                #expect(
                    try await browser.value(
                        "[...document.querySelectorAll('.row span')].some(s => s.textContent === 'red' && s.style.color)"
                    ) == "true"
                )
                try await enter(browser, #"printf '\033[?1049h\033[2J\033[Hother'; read line; printf '\033[?1049l'"#)
                try await wait(browser, for: "^other")
                try await browser.wait(until: "!\(Self.screen).includes('place')")
                try await browser.key("Enter", code: 13)
                try await wait(browser, for: "place")
            }
        }
    }
}
