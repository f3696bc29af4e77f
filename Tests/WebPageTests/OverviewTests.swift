import BrowserDriving
import Foundation
import TestSupport
import Testing

extension WebPageTests {
    /// The first page, and what all pages have in common.
    @Suite(.serialized) struct Overview {
        @Test func itShowsTheClusterAndFollowsIt() async throws {
            try await AgoraLocal.run(arguments: ["--resources", "cpus:8;mem:4096"]) { local in
                try await Browser.with { browser in
                    try await browser.open("http://\(local.master)/")
                    try await browser.wait(for: "0 of 8")
                    try await browser.wait(for: "of 4 GiB")
                    try await browser.wait(for: "No framework is subscribed.")
                    let run = ["run", "--master", local.master, "--detach", "--cpus", "2", "--name", "steady", "--", "sleep", "1000"]
                    let started = await (try Program.agora(run)).ended()
                    #expect(started.status == 0, "\(started.errors)")
                    // Without anybody's doing.
                    try await browser.wait(for: "2 of 8")
                    try await browser.wait(until: "[...document.querySelectorAll('.changes a')].some(a => a.textContent === 'steady')")
                    try await browser.wait(until: "document.title === 'Overview · Agora'")
                    #expect(try await browser.namelessControls() == [])
                    #expect(browser.problems == [])
                }
            }
        }

        @Test func itFitsNarrowScreensAndTheFirstLoadIsSmall() async throws {
            try await RunningMaster.with { master in
                try await Browser.with(width: 360, height: 740) { browser in
                    try await browser.open("http://127.0.0.1:\(master.port)/")
                    try await browser.wait(for: "No machines yet")
                    let loaded = try await browser.value(
                        "performance.getEntries().filter(e => e.transferSize).reduce((sum, e) => sum + e.transferSize, 0)"
                    )
                    #expect((10 * 1024..<200 * 1024).contains(Int(loaded) ?? 0), "\(loaded) bytes")
                    try await browser.wait(for: "Live")
                    try await browser.wait(for: "Colours: as the system")
                    for place in ["#/", "#/machines", "#/frameworks", "#/roles", "#/tasks", "#/maintenance"] {
                        _ = try await browser.value("location.hash = '\(place)'")
                        try await browser.wait(
                            until: "document.querySelector('.nav [aria-current=page]')?.getAttribute('href') === '\(place)'"
                        )
                        #expect(try await browser.value("document.documentElement.scrollWidth") == "360", "\(place)")
                        #expect(try await browser.namelessControls() == [], "\(place)")
                    }
                    #expect(browser.problems == [])
                }
            }
        }

        @Test func itOutlivesItsMaster() async throws {
            try await RunningMaster.with { master in
                try await Browser.with { browser in
                    try await browser.open("http://127.0.0.1:\(master.port)/")
                    try await browser.wait(for: "No machines yet")
                    await master.kill()
                    try await browser.wait(for: "The master cannot be reached")
                    try await browser.wait(until: "document.querySelector('[role=alert]') !== null")
                    try await master.start()
                    try await browser.wait(forNo: "The master cannot be reached")
                    try await MasterAPI(port: master.port).withFramework("came later", roles: ["late"]) {
                        try await browser.wait(for: "came later")
                    }
                    #expect(browser.problems == [])
                }
            }
        }

        @Test func whatFrameworksSayIsNeverMarkup() async throws {
            let name = "<img src=x onerror=\"document.title='taken'\"><b>bold</b>"
            try await RunningMaster.with { master in
                try await Browser.with { browser in
                    try await MasterAPI(port: master.port).withFramework(name, roles: ["a/b/c"]) {
                        for place in ["#/", "#/frameworks", "#/roles"] {
                            try await browser.open("http://127.0.0.1:\(master.port)/\(place)")
                            try await browser.wait(for: name)
                            #expect(try await browser.value("document.querySelectorAll('main img, main b').length") == "0", "\(place)")
                        }
                        try await browser.open("http://127.0.0.1:\(master.port)/#/frameworks")
                        try await browser.press(name)
                        try await browser.wait(until: "document.querySelector('.labels') !== null")
                        #expect(try await browser.value("document.querySelector('h1').textContent") == name)
                        // Why it gets no offers, as the master tells it.
                        let role = "[...document.querySelectorAll('dt')].find(d => d.textContent === 'a/b/c')"
                        try await browser.wait(until: "\(role)?.nextSibling.textContent.length > 5")
                        #expect(try await browser.value("document.documentElement.scrollWidth") == "1280")
                        #expect(browser.problems == [])
                    }
                }
            }
        }

        @Test(arguments: ["#/nowhere", "#/machines/none", "#/tasks/none/none", "#/frameworks/none", "#/machines/%E0%A4%A"])
        func whatIsNotThereIsSaidInWords(place: String) async throws {
            try await RunningMaster.with { master in
                try await Browser.with { browser in
                    try await browser.open("http://127.0.0.1:\(master.port)/\(place)")
                    try await browser.wait(until: "/no (machine|such task|framework|page)/.test(document.querySelector('main')?.innerText)")
                    #expect(browser.problems == [])
                }
            }
        }
    }
}
