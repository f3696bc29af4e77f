import BrowserDriving
import Foundation
import Synchronization

/// What a browser loads before it shows a cluster, and how long that takes: with nothing of it known before.
func benchmarkFirstLoad(port: Int, rounds: Int, into report: inout Report) async throws {
    var loads: [(bytes: Double, time: Double)] = []
    for _ in 0..<rounds {
        let load = try await Browser.with { browser in
            try await browser.send("Page.addScriptToEvaluateOnNewDocument", ["source": shownScript])
            try await browser.open("http://127.0.0.1:\(port)/")
            let time = try await figure(browser, "window.whenShown")
            // What the other pages need is loaded behind it; all of it counts.
            try await Task.sleep(for: .seconds(1))
            return (try await figure(browser, loadedBytes), time)
        }
        loads.append(load)
    }
    report.add("the page's first load, all files", (loads.map(\.bytes).max() ?? 0) / 1024, "KiB", atMost: 200)
    report.add("the page's first load, until it shows the cluster (median)", loads.map(\.time).sorted()[rounds / 2] / 1000, "s", atMost: 1)
}

/// The map of many machines, drawn anew while tasks change: frames per second as the browser makes them.
func benchmarkMap(port: Int, agents: Int, rate: Int, into report: inout Report) async throws {
    let frames = Mutex<MapFrames?>(nil)
    try await SimulatedAgents.run(port: port, count: agents, callConnections: 64) { cluster in
        try await withRunningTasks(port: port, agents: agents, tasksPerAgent: 1) {
            let measured = try await measureMap(port: port, agents: agents, rate: rate, cluster)
            frames.withLock { $0 = measured }
        }
    }
    guard let frames = frames.withLock({ $0 }) else { return }
    report.add("map of \(agents) machines, nothing changes", frames.still, "frames per second")
    // A display of 60 frames per second shows one more or less in a count of some seconds.
    report.add("map of \(agents) machines, \(rate) task updates per second", frames.busy, "frames per second", atLeast: 59.8)
    report.add("the longest of these frames", frames.longest, "ms")
}

private struct MapFrames {
    /// Per second.
    var still = 0.0
    var busy = 0.0
    /// In milliseconds.
    var longest = 0.0
}

private func measureMap(port: Int, agents: Int, rate: Int, _ cluster: SimulatedAgents) async throws -> MapFrames {
    try await Browser.with { browser in
        var frames = MapFrames()
        try await browser.send("Page.addScriptToEvaluateOnNewDocument", ["source": frameScript])
        try await browser.open("http://127.0.0.1:\(port)/#/machines")
        let isThere = try await browser.value("window.whenTold('Map of \(agents.formatted(.number.locale(Locale(identifier: "en_US"))))')")
        guard isThere == "true" else { throw Browser.Refused(description: "the map did not show \(agents) machines") }
        frames.still = try await figure(browser, "window.framesIn(5000)")
        async let updates: Void = cluster.update(perSecond: rate, for: .seconds(13))
        try await Task.sleep(for: .seconds(1))
        frames.busy = try await figure(browser, "window.framesIn(10000)")
        frames.longest = try await figure(browser, "window.longestFrame")
        try await updates
        return frames
    }
}

private func figure(_ browser: Browser, _ expression: String) async throws -> Double {
    let text = try await browser.value(expression)
    guard let figure = Double(text) else { throw Browser.Refused(description: "\(expression) is \(text)") }
    return figure
}

/// The time, in milliseconds since the browser was sent there, at which the cluster is seen.
private let shownScript = """
    window.whenShown = new Promise((resolve) => {
      const look = () => (document.querySelector("main .stack") ? resolve(performance.now()) : requestAnimationFrame(look));
      look();
    });
    """

/// As they went over the wire, heads included; what the page asks of the API is no part of it.
private let loadedBytes = """
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .filter((entry) => /^[/](page[/].*)?$/.test(new URL(entry.name).pathname))
      .reduce((sum, entry) => sum + entry.transferSize, 0)
    """

private let frameScript = """
    window.framesIn = (milliseconds) => new Promise((resolve) => {
      let frames = -1, first = 0, last = 0;
      window.longestFrame = 0;
      const count = (now) => {
        frames += 1;
        if (last) window.longestFrame = Math.max(window.longestFrame, now - last);
        first ||= now;
        last = now;
        if (now - first >= milliseconds) resolve((frames * 1000) / (now - first));
        else requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
    });
    window.whenTold = async (words) => {
      for (let round = 0; round < 600; round++) {
        if (document.querySelector("canvas")?.getAttribute("aria-label")?.startsWith(words)) return true;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return false;
    };
    """
