import Cluster
import MesosAPI
import MesosMessages

/// Quantities of resources by their names: processors, or mebibytes.
enum ResourceAmounts {
    /// Those that can be counted, but not the ones of which there is nothing.
    static func scalars(_ messages: [Mesos_V1_Resource]) -> [String: Double] {
        guard let resources = try? Resources(messages) else { return [:] }
        let scalars = resources.names.map { ($0, resources.scalar($0).value) }.filter { $0.1 > 0 }
        return Dictionary(uniqueKeysWithValues: scalars)
    }

    /// "31000-31001 31005".
    static func ports(_ messages: [Mesos_V1_Resource]) -> String {
        let ranges = messages.filter { $0.name == "ports" }.flatMap(\.ranges.range)
        return ranges.map { $0.begin == $0.end ? "\($0.begin)" : "\($0.begin)-\($0.end)" }.joined(separator: " ")
    }

    /// As people write it: "0.5".
    static func text(_ amount: Double?) -> String {
        guard let amount else { return "0" }
        return (try? Scalar(amount))?.description ?? "\(amount)"
    }
}

extension Mesos_V1_TimeInfo {
    /// Since 1970.
    var seconds: Double { Double(nanoseconds) / 1e9 }
}
