import AgentCore
import AsyncHTTPClient
import Cluster
import Containers
import Images
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Probes by the network, made by the agent itself, by the loopback address of the network that the container is in.
final class ProbeNetwork: Sendable {
    private let place: ProbePlace

    init(containerizer: Containerizer) {
        place = ProbePlace(containerizer: containerizer, settings: Self.settings)
    }

    private static var settings: HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        // A task's certificate is for its own name, not for the loopback address.
        tls.certificateVerification = .none
        var settings = HTTPClient.Configuration()
        settings.tlsConfiguration = tls
        settings.redirectConfiguration = .follow(max: Self.maximumRedirects, allowCycles: false)
        settings.decompression = .disabled
        settings.httpVersion = .http1Only
        settings.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture { try ResponseHeadGuard.install(on: channel) }
        }
        settings.connectionPool.retryConnectionEstablishment = false
        return settings
    }

    /// GETs a page; redirects are followed, and of the body no more than a little is read and nothing kept.
    func get(_ probe: HTTPProbe, in container: ContainerID, timeout: Duration?) async -> ProbeResult {
        await place.probe(in: container) { await Self.get(probe, by: $0, timeout: timeout) }
    }

    private static func get(_ probe: HTTPProbe, by client: HTTPClient, timeout: Duration?) async -> ProbeResult {
        let url = "\(probe.isSecure ? "https" : "http")://\(host(probe.isIPv6)):\(probe.port)\(probe.path)"
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "User-Agent", value: "agora-probe")
        request.headers.add(name: "Accept", value: "*/*")
        // Nothing stays open between two probes.
        request.headers.add(name: "Connection", value: "close")
        do {
            let deadline = timeout.map { NIODeadline.now() + TimeAmount($0) } ?? .distantFuture
            let response = try await client.execute(request, deadline: deadline)
            var size = 0
            for try await piece in response.body {
                size += piece.readableBytes
                if size > maximumBodyBytes { break }
            }
            return .answered(status: Int(response.status.code))
        } catch {
            return .failed(words(error, timeout, "GET \(url)"))
        }
    }

    /// Connects to a port, and closes the connection again.
    func connect(to port: UInt16, isIPv6: Bool, in container: ContainerID, timeout: Duration?) async -> ProbeResult {
        await place.probe(in: container) { await Self.connect(to: port, isIPv6: isIPv6, on: $0.eventLoopGroup, timeout: timeout) }
    }

    private static func connect(
        to port: UInt16,
        isIPv6: Bool,
        on group: any EventLoopGroup,
        timeout: Duration?
    ) async -> ProbeResult {
        let bootstrap = ClientBootstrap(group: group).connectTimeout(TimeAmount(min(timeout ?? longestConnect, longestConnect)))
        do {
            let address = try SocketAddress(ipAddress: isIPv6 ? "::1" : "127.0.0.1", port: Int(port))
            let channel = try await bootstrap.connect(to: address).get()
            try? await channel.close()
            return .connected(true)
        } catch is ChannelError {
            return .failed("connecting to port \(port) took longer than \(timeout ?? longestConnect)")
        } catch {
            return .connected(false)
        }
    }

    private static func host(_ isIPv6: Bool) -> String { isIPv6 ? "[::1]" : "127.0.0.1" }

    private static func words(_ error: any Error, _ timeout: Duration?, _ what: String) -> String {
        if let error = error as? HTTPClientError, error == .deadlineExceeded || error == .connectTimeout, let timeout {
            return "\(what) took longer than \(timeout)"
        }
        return "\(what) failed: \(quoted(String(describing: error)))"
    }

    private static let maximumRedirects = 10
    private static let maximumBodyBytes = 64 << 10
    private static let longestConnect = Duration.seconds(60)
}
