import Glibc
import LinuxKernel

/// Runs the programs of plugins, as the CNI specification says under "Execution protocol".
struct PluginCaller: Sendable {
    /// What a plugin is to do.
    enum Command: String {
        case add = "ADD"
        case remove = "DEL"
        case check = "CHECK"
    }

    /// What all calls for one interface have in common.
    struct Target {
        /// Names the container; the same for ADD and DEL.
        var container: String
        /// The path of its network namespace; empty: it is gone.
        var namespace: String
        var interface: String
        /// An open file that shows, as long as it is open anywhere, that a call is under way.
        var token: Descriptor?
    }

    let directories: [String]
    let timeLimit: Duration

    /// Calls a plugin and returns what it printed, which for DEL and CHECK may be nothing.
    ///
    /// - Parameters:
    ///   - path: of its program; see ``find(_:)``.
    ///   - input: its configuration.
    ///   - isCancelled: asked now and then; true ends the call.
    func call(
        _ command: Command,
        _ path: String,
        _ input: JSONValue,
        for target: Target,
        isCancelled: () -> Bool
    ) throws(NetworkError) -> JSONValue? {
        let environment = [
            "CNI_COMMAND=\(command.rawValue)", "CNI_CONTAINERID=\(target.container)", "CNI_NETNS=\(target.namespace)",
            "CNI_IFNAME=\(target.interface)", "CNI_ARGS=IgnoreUnknown=1", "CNI_PATH=\(directories.joined(separator: ":"))",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ]
        let helper = Helper(path: path, environment: environment, input: input.text, token: target.token, timeLimit: timeLimit)
        let answer: Helper.Answer
        do {
            answer = try helper.run(isCancelled: isCancelled)
        } catch {
            throw NetworkError("the plugin \(path) \(error)")
        }
        do throws(NetworkError) {
            return try read(answer, helper)
        } catch {
            throw NetworkError("the plugin \(path), at \(command.rawValue), \(error)")
        }
    }

    /// The path of a plugin's program.
    func find(_ type: String) throws(NetworkError) -> String {
        for directory in directories {
            let path = "\(directory)/\(type)"
            var facts = stat()
            if stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 { return path }
        }
        throw NetworkError("there is no program \(quoted(type)) in \(directories.joined(separator: " or ")); install the plugin there")
    }

    private func read(_ answer: Helper.Answer, _ helper: Helper) throws(NetworkError) -> JSONValue? {
        switch answer.end {
        case .outOfTime: throw NetworkError("took longer than \(helper.timeLimit) and was killed")
        case .tooMuchOutput: throw NetworkError("printed more than \(helper.outputLimit) bytes")
        case .cancelled: throw NetworkError("was stopped, as its container is no longer wanted")
        case .ended(0):
            guard !answer.output.allSatisfy({ $0 <= 0x20 }) else { return nil }
            guard let result = JSONValue(parsing: answer.output) else {
                throw NetworkError("printed no JSON but \(quoted(String(decoding: answer.output, as: UTF8.self)))")
            }
            return result
        case .ended(let status): throw NetworkError(Self.failure(status, answer))
        }
    }

    /// The words of a plugin that failed: its error as the specification wants it, or whatever it wrote.
    private static func failure(_ status: Int32, _ answer: Helper.Answer) -> String {
        let signal = status & 0x7f
        let end = signal == 0 ? "failed with status \(status >> 8 & 0xff)" : "was killed by signal \(signal)"
        if let error = JSONValue(parsing: answer.output), let message = error["msg"]?.string {
            let code = error["code"]?.integer.map { " (code \($0))" } ?? ""
            let details = error["details"]?.string.flatMap { $0.isEmpty ? nil : ": \(quoted($0))" } ?? ""
            return "\(end)\(code): \(quoted(message))\(details)"
        }
        let words = String(decoding: answer.output + answer.errors, as: UTF8.self)
        return words.isEmpty ? "\(end), without a word" : "\(end): \(quoted(words))"
    }
}
