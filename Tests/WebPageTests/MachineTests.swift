import BrowserDriving
import Foundation
import TestSupport
import Testing

extension WebPageTests {
    /// Machines, their tasks and containers, and what the agent tells of these.
    @Suite(.serialized) struct Machines {
        private func run(_ local: AgoraLocal, _ arguments: [String]) async throws {
            let ended = await (try Program.agora(["run", "--master", local.master, "--detach"] + arguments)).ended()
            try #require(ended.status == 0, "\(ended.errors)")
        }

        @Test func theMapLeadsToAMachineAndItsContainers() async throws {
            try await AgoraLocal.run { local in
                try await run(local, ["--name", "steady", "--", "sleep", "1000"])
                let agent = try #require(try await MasterAPI(port: local.masterPort).agents.first)
                try await Browser.with { browser in
                    try await browser.open("http://\(local.master)/#/machines")
                    try await browser.wait(until: "document.querySelector('canvas') !== null")
                    _ = try await browser.value("document.querySelector('canvas').focus()")
                    try await browser.key("ArrowRight", code: 39)
                    try await browser.wait(until: "/1 task/.test(document.querySelector('.map [role=status]').textContent)")
                    #expect(try await browser.namelessControls() == [])
                    try await browser.key("Enter", code: 13)
                    try await browser.wait(until: "location.hash === '#/machines/\(agent)'")
                    // Told by the agent itself.
                    try await browser.wait(until: "document.querySelector('.tree td')?.textContent.includes('steady')")
                    try await browser.wait(until: "/^[0-9.]+$/.test(document.querySelectorAll('.tree td')[1]?.textContent)")
                    _ = try await browser.value("location.hash = '#/machines'")
                    try await browser.press("List")
                    try await browser.wait(until: "document.querySelector('table a')?.getAttribute('href') === '#/machines/\(agent)'")
                    #expect(browser.problems == [])
                }
            }
        }

        @Test func tasksAreFoundAndShownWithTheirPods() async throws {
            try await AgoraLocal.run { local in
                try await run(local, ["--name", "needle", "--label", "owner=<i>nobody</i>", "--", "sleep", "1000"])
                try await run(local, ["--name", "hay", "--", "sleep", "1000"])
                try await Browser.with { browser in
                    try await browser.open("http://\(local.master)/#/tasks")
                    try await browser.wait(for: "hay")
                    _ = try await browser.value("document.querySelector('input[type=search]').focus()")
                    try await browser.type("NOBODY needle")
                    try await browser.wait(until: "![...document.querySelectorAll('tbody a')].some(a => a.textContent === 'hay')")
                    try await browser.press("needle")
                    try await browser.wait(for: "owner = <i>nobody</i>")
                    try await browser.wait(until: "document.querySelector('.tree td')?.textContent.includes('needle')")
                    #expect(try await browser.value("document.querySelectorAll('main i').length") == "0")
                    #expect(try await browser.namelessControls() == [])
                    #expect(browser.problems == [])
                }
            }
        }

        private static let pod = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "examples/log-sidecar.yaml").path

        @Test func podsAreToldByNameAndFitNarrowScreens() async throws {
            let fits = "[document.documentElement, ...document.querySelectorAll('.scroll')].every(e => e.scrollWidth <= e.clientWidth)"
            try await AgoraLocal.run { local in
                try await run(local, [Self.pod])
                let agent = try #require(try await MasterAPI(port: local.masterPort).agents.first)
                try await Browser.with(width: 390, height: 800) { browser in
                    try await browser.open("http://\(local.master)/#/tasks")
                    try await browser.wait(for: "collector")
                    #expect(try await browser.value(fits) == "true")
                    _ = try await browser.value("location.hash = '#/machines/\(agent)'")
                    // The name first, the id behind it.
                    try await browser.wait(until: "/^1log-sidecar [0-9a-f-]{36}$/.test(document.querySelector('.tree td')?.textContent)")
                    #expect(try await browser.value(fits) == "true")
                    #expect(try await browser.namelessControls() == [])
                    #expect(browser.problems == [])
                }
            }
        }

        @Test func howATaskEndedIsToldByItsAgent() async throws {
            try await AgoraLocal.run { local in
                let script = "while [ ! -e go ]; do sleep 0.05; done; echo '<b>last words</b>'; exit 3"
                try await run(local, ["--name", "doomed", "--", "sh", "-c", script])
                try await Browser.with { browser in
                    try await browser.open("http://\(local.master)/#/tasks")
                    try await browser.press("doomed")
                    try await browser.wait(until: "document.querySelector('.tree td')?.textContent.includes('doomed')")
                    let go = ["exec", "--master", local.master, "doomed", "--", "touch", "go"]
                    #expect(await (try Program.agora(go)).ended().status == 0)
                    try await browser.wait(for: "How it ended")
                    try await browser.wait(until: "document.querySelector('pre.file')?.textContent === '<b>last words</b>\\n'")
                    let facts = try await browser.value("document.querySelector('[aria-label=\"How it ended\"] dl').textContent")
                    #expect(facts.contains(/Exit status3Ran for\d+ sMemory at most[\d.,]+ [KM]iB of 32 MiB/), "\(facts)")
                    #expect(try await browser.namelessControls() == [])
                    #expect(browser.problems == [])
                }
            }
        }

        @Test func filesAndLogsAreShownAsTheyGrow() async throws {
            try await AgoraLocal.run { local in
                let script =
                    "echo '<b>first</b>'; printf content > kept; mkdir folder; while [ ! -e go ]; do sleep 0.05; done; echo second; sleep 1000"
                try await run(local, ["--name", "writer", "--", "sh", "-c", script])
                try await Browser.with { browser in
                    try await browser.open("http://\(local.master)/#/tasks")
                    try await browser.press("writer")
                    try await browser.press("Logs")
                    try await browser.wait(for: "<b>first</b>")
                    let go = ["exec", "--master", local.master, "writer", "--", "touch", "go"]
                    #expect(await (try Program.agora(go)).ended().status == 0)
                    try await browser.wait(for: "second")
                    try await browser.press("Files")
                    try await browser.wait(for: "folder/")
                    try await browser.press("kept")
                    try await browser.wait(until: "document.querySelector('pre.file')?.textContent === 'content'")
                    #expect(try await browser.namelessControls() == [])
                    _ = try await browser.value("location.hash = location.hash.replace('kept', 'nothing')")
                    try await browser.wait(for: "answered 404")
                    #expect(browser.problems == [])
                }
            }
        }
    }
}
