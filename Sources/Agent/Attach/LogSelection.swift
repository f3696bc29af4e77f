import Cluster
import Glibc
import LinuxKernel
import MesosAPI
import NIOPosix

/// What of an output a reader wants; without any wish, all that is kept.
struct LogSelection: Hashable, Sendable {
    /// What came at this moment or later; for outputs whose times are noted.
    var since: Timestamp?
    /// The last lines of it.
    var lines: Int?

    static let all = LogSelection()
    /// Only what comes from now on.
    static let new = LogSelection(lines: 0)

    private static let longest = 1e10

    /// Reads `since` and `tail` as clients send them.
    ///
    /// - Parameters:
    ///   - fields: the value of a name; nothing if it was not sent.
    ///   - now: what a time before now counts from.
    init(_ fields: (String) -> String?, now: Timestamp) throws(Refusal) {
        if let text = fields("tail") {
            guard let lines = Int(text), lines >= 0 else {
                throw Refusal(400, "tail: must be a number of lines from 0, is \"\(text.prefix(100))\"")
            }
            self.lines = lines
        }
        guard let text = fields("since") else { return }
        guard let seconds = Double(text), abs(seconds) <= Self.longest else {
            throw Refusal(400, "since: must be seconds since 1970, or below zero seconds before now, is \"\(text.prefix(100))\"")
        }
        let moment = Timestamp(nanoseconds: Int64((seconds * 1e9).rounded()))
        since = seconds < 0 ? now + .nanoseconds(moment.nanoseconds) : moment
    }

    private init(lines: Int? = nil) {
        self.lines = lines
    }

    /// Reads the header of ATTACH_CONTAINER_OUTPUT: `start`, or `tail=10`, or `since=-600;tail=10`.
    init(header: String?, now: Timestamp) throws(Refusal) {
        guard let header else {
            self = .new
            return
        }
        guard header != "start" else {
            self = .all
            return
        }
        var fields: [String: String] = [:]
        for part in header.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, ["since", "tail"].contains(pair[0]) else {
                let name = LogFollowing.startHeader
                throw Refusal(
                    400,
                    "\(name): must be start, tail=LINES, since=SECONDS or the latter two with ; between, is \"\(header.prefix(100))\""
                )
            }
            fields[String(pair[0])] = String(pair[1])
        }
        try self.init({ fields[$0] }, now: now)
    }

    /// The place in each of a container's outputs where this begins.
    func starts(of names: [String], in folder: Folder) async throws(Refusal) -> [LogFile] {
        // Much may have to be read.
        let result = try? await NIOThreadPool.singleton.runIfActive {
            Result { () throws(KernelError) in try names.map { (name) throws(KernelError) in try start(of: name, in: folder) } }
        }
        guard let result else { throw Refusal(503, "the agent is ending") }
        do throws(KernelError) {
            return try result.get()
        } catch {
            guard error.code != ENODATA else { throw Refusal(409, Self.withoutTimes) }
            throw Refusal(error.code == ENOENT ? 404 : 500, "the output cannot be shown: \(error)")
        }
    }

    private static let withoutTimes =
        "since: when this output came was not noted: the agent writes into files without bounds (--log-max-size 0), or its disk was full"

    private func start(of name: String, in folder: Folder) throws(KernelError) -> LogFile {
        if since == nil, lines == 0 { return try LogFile.newest(name, in: folder) }
        var start = try LogFile.oldest(name, in: folder)
        if let since { start = try LogTimes.skip(start, before: since) }
        guard let lines else { return start }
        return LogTail.lines(lines, of: try LogFile.newest(name, in: folder), notBefore: start)
    }
}
