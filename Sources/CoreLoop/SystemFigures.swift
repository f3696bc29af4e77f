import Foundation

/// How the machine is, under Mesos's names: its processors, load and memory.
public enum SystemFigures {
    /// The names and numbers; those that the kernel does not tell are left out. See proc(5).
    public static var all: [(name: String, value: Double)] {
        var figures: [(String, Double)] = [("system/cpus_total", Double(ProcessInfo.processInfo.activeProcessorCount))]
        let loads = words(of: "/proc/loadavg").prefix(3).compactMap { Double($0) }
        for (name, load) in zip(["1min", "5min", "15min"], loads) { figures.append(("system/load_\(name)", load)) }
        let memory = words(of: "/proc/meminfo")
        for (name, key) in [("total", "MemTotal:"), ("free", "MemFree:")] {
            guard let place = memory.firstIndex(of: key), place + 1 < memory.count, let kibibytes = Double(memory[place + 1]) else {
                continue
            }
            figures.append(("system/mem_\(name)_bytes", kibibytes * 1024))
        }
        return figures
    }

    private static func words(of path: String) -> [String] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split { $0 == " " || $0 == "\n" }.map(String.init)
    }
}
