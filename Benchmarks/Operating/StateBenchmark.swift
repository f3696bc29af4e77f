import Foundation

/// The state of a large cluster as a whole: how long a reader waits for it, and what that costs schedulers.
func benchmarkState(port: Int, agents: Int, tasks: Int, readers: Int, into report: inout Report) async throws {
    let alone = try await decline(port: port, until: .now + .seconds(10)).sorted()
    for read in StateRead.all {
        let times = try (0..<5).map { _ in try read.measure(port) }
        let name = "\(read.name) of \(agents) agents and \(tasks) tasks"
        let first = times.map(\.first).sorted()[times.count / 2]
        let whole = times.map(\.whole).sorted()[times.count / 2]
        if read.isPromised {
            report.add("\(name), first byte (median)", first * 1e3, "ms", atMost: 100)
            report.add("\(name), whole (median)", whole, "s", atMost: 1.5)
        } else {
            report.add("\(name), first byte (median)", first * 1e3, "ms")
            report.add("\(name), whole (median)", whole, "s")
        }
        report.add("\(name), bytes on the wire", times[0].bytes / 1_048_576, "MiB")
    }
    let clients = try (0..<readers).map { _ in try StateClient(port) }
    defer { clients.forEach { $0.stop() } }
    while clients.contains(where: { $0.reads == 0 }) { try await Task.sleep(for: .milliseconds(50)) }
    let beside = try await decline(port: port, until: .now + .seconds(20)).sorted()
    report.add("scheduler's call without readers, p99", alone.part(0.99).milliseconds, "ms")
    report.add("scheduler's call beside \(readers) readers of /state, median", beside.median.milliseconds, "ms")
    report.add("scheduler's call beside \(readers) readers of /state, p99", beside.part(0.99).milliseconds, "ms")
    report.add("what the readers delay it by at p99", (beside.part(0.99) - alone.part(0.99)).milliseconds, "ms", atMost: 10)
}

/// One way to ask for the whole state.
private struct StateRead {
    let name: String
    let arguments: [String]
    var isPromised = false

    static let all = [
        StateRead(name: "/state", arguments: ["/state"], isPromised: true),
        StateRead(name: "/state, gzip", arguments: ["/state", "--compressed"]),
        StateRead(name: "GET_STATE, JSON", arguments: call(accept: "application/json")),
        StateRead(name: "GET_STATE, protobuf", arguments: call(accept: "application/x-protobuf")),
    ]

    private static func call(accept: String) -> [String] {
        ["/api/v1", "-H", "Content-Type: application/json", "-H", "Accept: \(accept)", "-d", #"{"type": "GET_STATE"}"#]
    }

    /// Asks once by curl; in seconds.
    func measure(_ port: Int) throws -> (first: Double, whole: Double, bytes: Double) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        let format = "%{time_starttransfer} %{time_total} %{size_download}"
        process.arguments = ["-sf", "-o", "/dev/null", "-w", format, "http://127.0.0.1:\(port)\(arguments[0])"] + arguments.dropFirst()
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let figures = text.split(separator: " ").compactMap { Double($0) }
        guard process.terminationStatus == 0, figures.count == 3 else {
            throw OperatorClient.Refused(status: 0, text: "curl ended with \(process.terminationStatus): \(text)")
        }
        return (figures[0], figures[1], figures[2])
    }
}

extension [Duration] {
    /// The value that a part of these, which are sorted, do not exceed; zero of none.
    func part(_ part: Double) -> Duration {
        isEmpty ? .zero : self[Swift.min(count - 1, Int(Double(count) * part))]
    }
}
