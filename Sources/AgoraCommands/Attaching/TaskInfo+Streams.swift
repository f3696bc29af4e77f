import MesosMessages
import SwiftProtobuf

extension Mesos_V1_TaskInfo {
    /// Gives the command a terminal, as large as the user's.
    mutating func giveTerminal() {
        container.type = .mesos
        let size = RawTerminal.size ?? (80, 24)
        container.ttyInfo.windowSize.columns = size.columns
        container.ttyInfo.windowSize.rows = size.rows
    }

    /// Keeps the command's input open for those who attach to it.
    mutating func keepInput() {
        labels.labels.append(.with { ($0.key, $0.value) = ("agora.stdin", "open") })
    }
}
