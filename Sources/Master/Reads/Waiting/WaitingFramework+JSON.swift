import Allocation
import Cluster
import MesosAPI

extension WaitingFramework {
    /// All of it as JSON: the sentence for people, the numbers for programs.
    func write(to writer: inout JSONWriter) {
        writer.field("framework_id", id.value)
        writer.field("name", name)
        writer.field("connected", isConnected)
        writer.field("offers", offers)
        writer.array("roles", reports) { writer, report in
            writer.object { writer in
                writer.field("role", report.role.value)
                writer.field("suppressed", report.isSuppressed)
                writer.strings("wanted", report.wanted.map(\.description))
                writer.field("agents", report.agents)
                writer.field("suitable", report.suitable)
                writer.array("hindrances", report.counts) { $0.write($1) }
                writer.field("sentence", sentence(for: report))
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ count: WaitReport.Count) {
        object { writer in
            let (reason, resource) = count.hindrance.words
            writer.field("reason", reason)
            if let resource { writer.field("resource", resource) }
            writer.field("agents", count.agents)
            if let most = count.most { writer.field("most", most.value) }
            if let until = count.until { writer.field("until", until.seconds) }
        }
    }
}

extension Hindrance {
    /// The reason for programs, and the resource that it is about.
    fileprivate var words: (reason: String, resource: String?) {
        switch self {
        case .inactive: ("INACTIVE", nil)
        case .constraints: ("CONSTRAINTS", nil)
        case .regions: ("REGION", nil)
        case .gpus: ("GPUS", nil)
        case .tooSmall(let resource): ("TOO_SMALL", resource)
        case .notFree(let resource): ("NOT_FREE", resource)
        case .declined: ("DECLINED", nil)
        }
    }
}
