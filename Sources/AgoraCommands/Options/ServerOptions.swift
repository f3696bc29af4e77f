import ArgumentParser
import Foundation
import HTTPService
import Logging

/// Where a daemon listens, and how much it tells.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"
    @Flag(help: "Listen on another address than loopback, although nothing is encrypted and nobody is asked who they are.")
    var insecure = false
    @Option(help: ArgumentHelp("How much to log: trace, debug, info, notice, warning, error.", valueName: "level"))
    var logLevel: LogLevel?
    @Option(help: "How to log: text for people, json for programs, an object in each line.")
    var logFormat = LogFormat.text

    func validate() throws {
        guard insecure || Self.isLoopback(host) else {
            throw ValidationError(
                """
                --host \(host.clipped): others could reach it, and nothing is encrypted and nobody is asked who they are. \
                Add --insecure if every machine that can reach it may do everything; otherwise leave --host out.
                """
            )
        }
    }

    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && host.split(separator: ".").count == 4)
    }

    /// How much is logged; operators may change it for a while.
    func verbosity(usually level: Logger.Level) -> LogVerbosity {
        LogVerbosity(logLevel?.level ?? level)
    }

    /// A logger to standard error, where a service manager collects it.
    func logger(_ label: String, _ verbosity: LogVerbosity) -> Logger {
        verbosity.logger(label) { [logFormat] label in
            switch logFormat {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler.standardError(label: label)
            }
        }
    }
}

/// How a daemon logs.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
}

/// How much to log.
struct LogLevel: ExpressibleByArgument {
    let level: Logger.Level

    init?(argument: String) {
        guard let level = Logger.Level(rawValue: argument) else { return nil }
        self.level = level
    }
}

/// A port to listen on.
struct ListenPort: ExpressibleByArgument, Hashable, CustomStringConvertible {
    let number: Int

    init(_ number: Int) { self.number = number }

    /// 0 means any that is free.
    init?(argument: String) {
        guard let number = UInt16(argument) else { return nil }
        self.number = Int(number)
    }

    var description: String { "\(number)" }
}
