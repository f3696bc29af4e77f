import Allocation
import Cluster

extension WaitingFramework {
    /// What keeps the framework waiting in one role, for people.
    func sentence(for report: WaitReport) -> String {
        if !isConnected { return "the framework is not connected, so it gets no offers" }
        if report.isSuppressed { return "the framework wants no offers for this role now (SUPPRESS)" }
        if report.agents == 0 { return "there is no agent" }
        let hindrances = report.counts.map { text($0, of: report) }.joined(separator: ", ")
        let all = Self.agents(report.agents)
        let among = report.suitable == 0 ? "none of \(all) fits" : "\(report.suitable) of \(all) would fit"
        let held = offers == 0 ? "" : "; the framework holds \(offers) offer\(offers == 1 ? "" : "s") that it has not answered"
        return among + (hindrances.isEmpty ? "" : ": \(hindrances)") + held
    }

    private func text(_ count: WaitReport.Count, of report: WaitReport) -> String {
        let (agents, verb) = (count.agents, count.agents == 1 ? "is" : "are")
        return switch count.hindrance {
        case .inactive: "\(agents) \(verb) away, draining or deactivated"
        case .constraints: "\(agents) \(verb) excluded by the framework's constraints"
        case .regions: "\(agents) \(verb) in another region, and the framework is not REGION_AWARE"
        case .gpus: "\(agents) \(verb) kept for users of GPUs, and the framework has no GPU_RESOURCES"
        case .tooSmall(let name): "\(agents) \(verb) too small in \(name)\(Self.amounts(name, count, of: report, "at most"))"
        case .notFree(let name): "\(agents) \(verb) short of free \(name)\(Self.amounts(name, count, of: report, "free at most"))"
        case .declined: "\(agents) \(verb) declined by the framework\(count.until.map { " for \(seconds(until: $0)) more" } ?? "")"
        }
    }

    private func seconds(until: Timestamp) -> String { "\(max(1, (until - moment).components.seconds)) s" }

    private static func agents(_ count: Int) -> String { "\(count) agent\(count == 1 ? "" : "s")" }

    /// " (4 wanted, 2 at most)", as far as there are amounts.
    private static func amounts(_ name: String, _ count: WaitReport.Count, of report: WaitReport, _ words: String) -> String {
        let wanted = report.wanted.map { $0.scalar(name) }.filter { $0 > .zero }.min()
        guard let wanted, let most = count.most else { return "" }
        return " (\(wanted) wanted, \(most) \(words))"
    }
}
