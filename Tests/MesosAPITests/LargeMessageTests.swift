import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// A message that is written in pieces is the message that is written as a whole.
@Suite struct LargeMessageTests {
    /// A state of some agents and tasks.
    private struct Written: LargeMessage {
        typealias Whole = Mesos_V1_Master_Response

        let whole: Mesos_V1_Master_Response

        func write(to writer: inout some MessageWriter) {
            writer.fields(of: Whole.with { $0.type = whole.type })
            let state = whole.getState
            writer.field("get_state") { writer in
                writer.field("get_tasks") { writer in
                    writer.list("tasks", state.getTasks.tasks.lazy)
                    writer.list("completed_tasks", state.getTasks.completedTasks)
                }
                writer.field("get_executors") { _ in }
                writer.field("get_agents") { writer in
                    writer.list("agents", state.getAgents.agents)
                    writer.list("recovered_agents", state.getAgents.recoveredAgents)
                }
            }
        }
    }

    private static func written(tasks: Int, completed: Int, agents: Int) -> Written {
        var whole = Mesos_V1_Master_Response()
        whole.type = .getState
        whole.getState.getTasks.tasks = (0..<tasks).map { number in
            .with {
                $0.name = "\u{0}\"\(number)"
                $0.taskID.value = String(repeating: "é", count: number)
                $0.frameworkID.value = "f"
                $0.agentID.value = "a"
                $0.state = .taskRunning
                $0.statuses = [.with { $0.uuid = .init(repeating: 7, count: number) }]
            }
        }
        whole.getState.getTasks.completedTasks = Array(whole.getState.getTasks.tasks.prefix(completed))
        whole.getState.getExecutors = .init()
        whole.getState.getAgents.agents = (0..<agents).map { number in
            .with {
                $0.agentInfo.hostname = "h\(number)"
                $0.active = true
                $0.version = ""
            }
        }
        return Written(whole: whole)
    }

    @Test(arguments: MessageEncoding.allCases, [(0, 0, 0), (1, 0, 1), (0, 0, 3), (300, 2, 0), (300, 7, 40)])
    func piecesAreTheWhole(_ encoding: MessageEncoding, _ counts: (Int, Int, Int)) {
        let written = Self.written(tasks: counts.0, completed: counts.1, agents: counts.2)
        for pieceBytes in [1, 500, 128 << 10] {
            var pieces: [[UInt8]] = []
            encoding.write(written, pieceBytes: pieceBytes) { pieces.append($0) }
            #expect(Array(pieces.joined()) == encoding.encode(written.whole))
            #expect(pieces.allSatisfy { !$0.isEmpty })
            if pieceBytes == 1 { #expect(pieces.count > counts.0 + counts.1 + counts.2) }
        }
    }

    /// Who reads JSON need not wait until all of it is made.
    @Test func whatIsWrittenIsHandedOverAtOnce() {
        let written = Self.written(tasks: 100, completed: 0, agents: 0)
        struct Watched: LargeMessage {
            typealias Whole = Mesos_V1_Master_Response
            let written: Written
            let made: @Sendable () -> Void

            func write(to writer: inout some MessageWriter) {
                writer.field("get_tasks") { writer in
                    writer.list(
                        "tasks",
                        written.whole.getState.getTasks.tasks.lazy.map { task in
                            made()
                            return task
                        }
                    )
                }
            }
        }
        nonisolated(unsafe) var made = 0  // On this thread alone.
        var madeBeforeFirst: Int?
        MessageEncoding.json.write(Watched(written: written, made: { made += 1 }), pieceBytes: 1) { _ in
            madeBeforeFirst = madeBeforeFirst ?? made
        }
        #expect(madeBeforeFirst == 1)
        #expect(made == 100)
    }
}
