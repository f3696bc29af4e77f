import BrowserDriving
import Foundation
import TestSupport
import Testing

extension WebPageTests {
    /// Machines that leave: windows in the schedule, and drains.
    @Suite(.serialized) struct Maintenance {
        private func plan(_ machines: String, _ browser: Browser) async throws {
            _ = try await browser.value("document.querySelector('[name=machines]').focus()")
            try await browser.type(machines)
            _ = try await browser.value("document.querySelector('[name=start]').value = '2040-01-01T10:00'")
            try await browser.press("Plan it")
        }

        /// The machines of each window, as the master has them.
        private func windows(_ port: Int) async throws -> [[[String: String]]] {
            let schedule = try await MasterAPI(port: port).call("GET_MAINTENANCE_SCHEDULE")["schedule"] as? [String: Any]
            let windows = schedule?["windows"] as? [[String: Any]] ?? []
            return windows.map { $0["machine_ids"] as? [[String: String]] ?? [] }
        }

        @Test func machinesArePlannedByNameOrAddress() async throws {
            try await RunningMaster.with { master in
                try await Browser.with { browser in
                    try await browser.open("http://127.0.0.1:\(master.port)/#/maintenance")
                    try await browser.wait(for: "No maintenance is planned.")
                    try await plan("localhost, 10.0.0.7", browser)
                    try await browser.wait(for: "localhost, 10.0.0.7 from")
                    #expect(try await windows(master.port) == [[["hostname": "localhost"], ["ip": "10.0.0.7"]]])
                    // A machine has one window: the newest.
                    try await plan("LOCALHOST", browser)
                    try await browser.wait(for: "localhost from")
                    #expect(try await windows(master.port) == [[["ip": "10.0.0.7"]], [["hostname": "localhost"]]])
                    #expect(try await browser.namelessControls() == [])
                    #expect(browser.problems == [])
                }
            }
        }

        /// What a drain is limited by, as the master has it.
        private func drainConfig(_ api: MasterAPI) async throws -> [String: Any] {
            let agents = try await api.call("GET_AGENTS")["agents"] as? [[String: Any]]
            let drain = try #require(agents?.first?["drain_info"] as? [String: Any])
            return try #require(drain["config"] as? [String: Any])
        }

        @Test func drainsHaveALongestGraceAndMayGiveAMachineUp() async throws {
            try await AgoraLocal.runApart { local in
                let api = MasterAPI(port: local.masterPort)
                let agent = try #require(try await api.agents.first)
                try await Browser.with { browser in
                    try await browser.open("http://\(local.master)/#/machines/\(agent)")
                    try await browser.press("Drain …")
                    _ = try await browser.value("document.querySelector('[name=grace]').focus()")
                    try await browser.type("30")
                    try await browser.wait(for: "at most 30 seconds")
                    #expect(try await browser.namelessControls() == [])
                    try await browser.press("Drain it")
                    try await browser.wait(until: "document.querySelector('.head .badge').textContent === 'drained'")
                    let config = try await drainConfig(api)
                    #expect((config["max_grace_period"] as? [String: Any])?["nanoseconds"] as? Int == 30_000_000_000)
                    #expect(config["mark_gone"] as? Bool != true)
                    try await browser.press("Reactivate")
                    try await browser.press("Drain …")
                    _ = try await browser.value("document.querySelector('[name=gone]').click()")
                    try await browser.wait(for: "This cannot be undone.")
                    try await browser.press("Drain it and give it up")
                    let isGone = try await eventually { try await api.agents.isEmpty }
                    #expect(isGone)
                    #expect(browser.problems == [])
                }
            }
        }
    }
}
