import Foundation
import Testing

/// What a process has in memory: `VmHWM` of its status, see proc_pid_status(5).
struct Memory: CustomStringConvertible {
    /// The most it ever had.
    let peakKiB: Int

    var description: String { "\(peakKiB) KiB at most" }

    init(of pid: Int32) throws {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        peakKiB = try #require(line.split { " \t".contains($0) }.compactMap { Int($0) }.first)
    }
}
