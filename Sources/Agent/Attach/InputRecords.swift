import HTTPService
import LinuxKernel
import MesosAPI
import MesosMessages
import NIOCore

/// The records of a request's body, as they come.
struct InputRecords {
    let body: HTTPBodyStream
    private let encoding: MessageEncoding
    private var decoder: RecordIODecoder

    init(_ body: HTTPBodyStream, _ encoding: MessageEncoding, longest: Int) {
        self.body = body
        self.encoding = encoding
        decoder = RecordIODecoder(maximumRecordLength: longest)
    }

    /// The next record; nothing at the end.
    mutating func next() async throws(Refusal) -> Mesos_V1_Agent_Call? {
        do {
            while true {
                if let record = try decoder.next() { return try encoding.decode(Mesos_V1_Agent_Call.self, from: record) }
                guard let piece = try await body.next() else { break }
                decoder.append(piece.readableBytesView)
            }
        } catch is HTTPBodyBroken {
            throw Refusal(400, "the client went before the end of its records")
        } catch {
            throw Refusal(400, "the body is not a stream of valid records: \(error)")
        }
        guard decoder.bufferedBytes == 0 || body.isGivenUp else { throw Refusal(400, "the body ends inside a record") }
        return nil
    }
}

/// One record for a container's command.
enum InputRecord {
    case bytes([UInt8])
    case end
    case size(TerminalSize)
    case heartbeat

    init(_ message: Mesos_V1_Agent_ProcessIO) throws(Refusal) {
        switch message.type {
        case .data:
            guard message.hasData, message.data.type == .stdin else {
                throw Refusal(400, "process_io.data.type: must be STDIN, is \(message.data.type.name)")
            }
            guard message.data.hasData else { throw Refusal(400, "process_io.data.data: missing; it is empty for the end of the input") }
            self = message.data.data.isEmpty ? .end : .bytes(Array(message.data.data))
        case .control:
            guard message.hasControl else { throw Refusal(400, "process_io.control: missing") }
            self = try Self.control(message.control)
        default:
            throw Refusal(400, "process_io.type: must be DATA or CONTROL")
        }
    }

    private static func control(_ control: Mesos_V1_Agent_ProcessIO.Control) throws(Refusal) -> InputRecord {
        switch control.type {
        case .heartbeat:
            guard control.hasHeartbeat else { throw Refusal(400, "process_io.control.heartbeat: missing") }
            return .heartbeat
        case .ttyInfo:
            guard control.hasTtyInfo, control.ttyInfo.hasWindowSize else {
                throw Refusal(400, "process_io.control.tty_info.window_size: missing")
            }
            let size = control.ttyInfo.windowSize
            guard let columns = UInt16(exactly: size.columns), let rows = UInt16(exactly: size.rows) else {
                throw Refusal(400, "process_io.control.tty_info.window_size: rows and columns must be at most \(UInt16.max)")
            }
            return .size(TerminalSize(columns: columns, rows: rows))
        default:
            throw Refusal(400, "process_io.control.type: must be TTY_INFO or HEARTBEAT")
        }
    }
}
