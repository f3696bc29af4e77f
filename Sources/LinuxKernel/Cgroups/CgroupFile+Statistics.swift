import Glibc

/// The files of a cgroup that have forms of their own.
extension CgroupFile {
    /// `io.stat` of v2: lines as "8:0 rbytes=1 wbytes=2 rios=3 wios=4".
    static func disks(_ path: String) -> [DiskUsage] {
        guard let text = try? SmallFile.read(path) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard let device = fields.first, fields.count > 1 else { return nil }
            var usage = DiskUsage(device: String(device))
            for field in fields.dropFirst() {
                let parts = field.split(separator: "=")
                guard parts.count == 2, let value = Int64(parts[1]) else { continue }
                switch parts[0] {
                case "rbytes": usage.readBytes = value
                case "wbytes": usage.writtenBytes = value
                case "rios": usage.reads = value
                case "wios": usage.writes = value
                default: continue
                }
            }
            return usage
        }
    }

    /// Two files of v1 with lines as "8:0 Read 4096": bytes and operations.
    static func disks(bytes: String, operations: String) -> [DiskUsage] {
        var disks: [Substring: DiskUsage] = [:]
        let bytes = (try? SmallFile.read(bytes)) ?? "", operations = (try? SmallFile.read(operations)) ?? ""
        for (device, kind, value) in counters(bytes) {
            if kind == "Read" { disks[device, default: DiskUsage(device: String(device))].readBytes = value }
            if kind == "Write" { disks[device, default: DiskUsage(device: String(device))].writtenBytes = value }
        }
        for (device, kind, value) in counters(operations) {
            if kind == "Read" { disks[device, default: DiskUsage(device: String(device))].reads = value }
            if kind == "Write" { disks[device, default: DiskUsage(device: String(device))].writes = value }
        }
        return disks.keys.sorted().compactMap { disks[$0] }
    }

    private static func counters(_ text: String) -> [(device: Substring, kind: Substring, value: Int64)] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count == 3, let value = Int64(fields[2]) else { return nil }
            return (fields[0], fields[1], value)
        }
    }

    /// `cpu.pressure`, `memory.pressure` and `io.pressure`, as far as they are there.
    static func pressure(in folder: String) -> [Pressure] {
        ["cpu", "memory", "io"].compactMap { resource in
            guard let text = try? SmallFile.read("\(folder)/\(resource).pressure") else { return nil }
            return pressure(resource, text)
        }
    }

    /// Lines as "some avg10=0.12 avg60=0.00 avg300=0.00 total=3456".
    static func pressure(_ resource: String, _ text: String) -> Pressure? {
        var totals: [Substring: Int64] = [:]
        var average: Int64?
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            for field in fields.dropFirst() {
                let parts = field.split(separator: "=")
                guard parts.count == 2 else { continue }
                if parts[0] == "total" { totals[fields[0]] = Int64(parts[1]) }
                if parts[0] == "avg10", fields[0] == "some" { average = Double(parts[1]).flatMap { Int64(exactly: ($0 * 100).rounded()) } }
            }
        }
        guard let some = totals["some"], let average else { return nil }
        return Pressure(resource: resource, someMicroseconds: some, fullMicroseconds: totals["full"], someOfTenSeconds: average)
    }

    /// How many processes there are in a cgroup and below.
    static func processCount(below path: String) -> Int64 {
        let own = ((try? SmallFile.bytes("\(path)/cgroup.procs")) ?? []).count { $0 == UInt8(ascii: "\n") }
        var facts = stat()
        // A folder has a link for each folder in it beside two of its own: most have none, and need no look.
        guard stat(path, &facts) != 0 || facts.st_nlink != 2 else { return Int64(own) }
        return children(of: path).reduce(Int64(own)) { $0 + processCount(below: "\(path)/\($1)") }
    }
}
