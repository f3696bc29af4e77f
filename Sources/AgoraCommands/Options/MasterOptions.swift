import ArgumentParser
import Foundation

/// `--master`, which every command has that talks to one.
struct MasterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the master is. Otherwise the variable AGORA_MASTER, or 127.0.0.1:5050.", valueName: "host:port"))
    var master: String?

    var endpoint: Endpoint { get throws { try Self.endpoint(master, environment: ProcessInfo.processInfo.environment) } }

    static func endpoint(_ option: String?, environment: [String: String]) throws -> Endpoint {
        let variable = environment["AGORA_MASTER"].flatMap { $0.isEmpty ? nil : $0 }
        let text = option ?? variable ?? "127.0.0.1:\(Endpoint.masterPort)"
        guard let endpoint = Endpoint(parsing: text) else {
            let source = option == nil ? "AGORA_MASTER" : "--master"
            throw ValidationError("\(source): \"\(text.clipped)\" is no address; write HOST:PORT, as 127.0.0.1:5050")
        }
        return endpoint
    }
}
