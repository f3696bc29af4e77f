import MesosMessages
import SwiftProtobuf
import Testing

@testable import AgoraCommands

@Suite struct MetricRowTests {
    private static func row(_ name: String, _ value: Double) -> MetricRow {
        MetricRow(.with { ($0.name, $0.value) = (name, value) }, node: nil)
    }

    @Test(arguments: [
        ("system/mem_total_bytes", 25_276_510_208, "23.5 GiB"), ("master/uptime_secs", 7300, "2h"),
        ("registrar/state_store_ms/p99", 0.46616, "0.466 ms"),
        ("registrar/state_store_ms/count", 3, "3"), ("master/cpus_percent", 0.257, "25.7 %"), ("master/mem_total", 4096, "4096 MiB"),
        ("master/tasks_running", 12, "12"), ("system/load_1min", 5.8, "5.8"), ("x_bytes", -1, "-1"), ("x_bytes", 1e30, "1e+30"),
    ])
    func valuesHaveUnits(_ name: String, _ value: Double, _ words: String) {
        #expect(Self.row(name, value).words == words)
    }

    @Test(arguments: [
        (["tasks_"], ["master/tasks_lost", "master/tasks_running"]), (["master/tasks_l*"], ["master/tasks_lost"]),
        (["lost", "mem"], ["master/tasks_lost", "system/mem"]), ([], ["master/tasks_lost", "master/tasks_running", "system/mem"]),
        (["*"], ["master/tasks_lost", "master/tasks_running", "system/mem"]),
    ])
    func patternsChoose(_ patterns: [String], _ names: [String]) throws {
        let rows = ["master/tasks_lost", "master/tasks_running", "system/mem"].map { Self.row($0, 1) }
        #expect(try MetricsCommand.choose(patterns, from: rows).map(\.metric) == names)
        let message = refusal { try MetricsCommand.choose(["tasks_running", "system/men"], from: rows) }
        #expect(message == "there is no metric \"system/men\"; did you mean system/mem?")
    }
}
