import MesosMessages
import SwiftProtobuf

/// `livenessProbe` of a container, as a Mesos health check: what Kubernetes would restart is ended here, as nothing is
/// restarted.
struct PodProbe {
    let message: Mesos_V1_HealthCheck

    /// - Parameter ports: the container's, which a probe may name.
    init(_ value: ManifestValue, ports: [Mesos_V1_Port]) throws(PodFileError) {
        var fields = try ManifestFields(value)
        var check = try Self.handler(&fields, of: value, ports)
        check.delaySeconds = Double(try fields.take("initialDelaySeconds")?.integer(in: 0...Self.longest) ?? 0)
        check.intervalSeconds = Double(try fields.take("periodSeconds")?.integer(in: 1...Self.longest) ?? 10)
        check.timeoutSeconds = Double(try fields.take("timeoutSeconds")?.integer(in: 1...Self.longest) ?? 1)
        check.consecutiveFailures = UInt32(try fields.take("failureThreshold")?.integer(in: 1...1_000_000) ?? 3)
        // Kubernetes has none: every failure counts.
        check.gracePeriodSeconds = 0
        _ = try fields.take("successThreshold")?.integer(in: 1...1)
        try fields.finish(unsupported: [
            "grpc": "probes by gRPC are", "terminationGracePeriodSeconds": "a grace period of a probe's own is",
        ])
        message = check
    }

    private static let longest: Int64 = 1_000_000_000

    private static func handler(
        _ fields: inout ManifestFields,
        of value: ManifestValue,
        _ ports: [Mesos_V1_Port]
    ) throws(PodFileError) -> Mesos_V1_HealthCheck {
        let (exec, http, tcp) = (fields.take("exec"), fields.take("httpGet"), fields.take("tcpSocket"))
        guard [exec, http, tcp].count(where: { $0 != nil }) <= 1 else {
            throw value.error("has more than one of exec, httpGet and tcpSocket")
        }
        if let exec { return try command(exec) }
        if let http { return try get(http, ports) }
        if let tcp { return try connection(tcp, ports) }
        if fields.take("grpc") != nil { throw value.error("probes by gRPC are not supported yet; use exec, httpGet or tcpSocket") }
        throw value.error("has none of exec, httpGet and tcpSocket, so it says nothing to look at")
    }

    private static func command(_ value: ManifestValue) throws(PodFileError) -> Mesos_V1_HealthCheck {
        var fields = try ManifestFields(value)
        let list = try fields.require("command")
        let words = try list.texts()
        try fields.finish(unsupported: [:])
        guard let program = words.first, !program.isEmpty else { throw list.error("must name a program") }
        return .with { check in
            check.type = .command
            check.command.shell = false
            check.command.value = program
            check.command.arguments = words
        }
    }

    private static func get(_ value: ManifestValue, _ ports: [Mesos_V1_Port]) throws(PodFileError) -> Mesos_V1_HealthCheck {
        var fields = try ManifestFields(value)
        let port = try port(try fields.require("port"), ports)
        let path = try fields.take("path")?.nonEmptyText() ?? "/"
        let scheme = fields.take("scheme")
        let word = try scheme?.text() ?? "HTTP"
        guard word == "HTTP" || word == "HTTPS" else { throw value.error("scheme must be HTTP or HTTPS, is \"\(word.clipped)\"") }
        try fields.finish(unsupported: ["host": "probes of other hosts are", "httpHeaders": "headers of probes are"])
        return .with { check in
            check.type = .http
            check.http.port = port
            // A path without a slash at its beginning is one in Kubernetes.
            check.http.path = path.hasPrefix("/") ? path : "/\(path)"
            check.http.scheme = word.lowercased()
        }
    }

    private static func connection(_ value: ManifestValue, _ ports: [Mesos_V1_Port]) throws(PodFileError) -> Mesos_V1_HealthCheck {
        var fields = try ManifestFields(value)
        let port = try port(try fields.require("port"), ports)
        try fields.finish(unsupported: ["host": "probes of other hosts are"])
        return .with { check in
            check.type = .tcp
            check.tcp.port = port
        }
    }

    /// A number, or the name of one of the container's ports.
    private static func port(_ value: ManifestValue, _ ports: [Mesos_V1_Port]) throws(PodFileError) -> UInt32 {
        let text = try value.textOrNumber()
        if let number = UInt32(text) {
            guard (1...65535).contains(number) else { throw value.error("must be between 1 and 65535, is \(number)") }
            return number
        }
        guard let port = ports.first(where: { $0.hasName && $0.name == text }) else {
            throw value.error("\"\(text.clipped)\" is the name of none of the container's ports")
        }
        return port.number
    }
}
