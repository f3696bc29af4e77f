import Foundation
import MesosMessages
import SwiftProtobuf

/// A kept connection to an agent for one call after the other, which it waits for on the calling thread: what is measured by it
/// is the agent, not a client's threads.
final class DirectConnection {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Self.failure }
        var isOn: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit {
        close(descriptor)
    }

    /// Makes a call; the body of the answer.
    @discardableResult
    func post(_ call: Mesos_V1_Agent_Call) throws -> [UInt8] {
        let body: [UInt8] = try call.serializedBytes()
        let head =
            "POST /api/v1 HTTP/1.1\r\nHost: agent\r\nContent-Type: application/x-protobuf\r\nAccept: application/x-protobuf\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        try write(Array(head.utf8) + body)
        let answer = try readAnswer()
        guard answer.status < 300 else {
            throw OperatorClient.Refused(status: answer.status, text: String(decoding: answer.body, as: UTF8.self))
        }
        return answer.body
    }

    private func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let size = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard size > 0 else { throw Self.failure }
            sent += size
        }
    }

    private func readAnswer() throws -> (status: UInt, body: [UInt8]) {
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let range = bytes.firstRange(of: end) {
                let lines = String(decoding: bytes[..<range.lowerBound], as: UTF8.self).split(separator: "\r\n")
                let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { UInt($0) }
                let length = lines.first { $0.lowercased().hasPrefix("content-length:") }.flatMap {
                    Int($0.dropFirst(15).drop { $0 == " " })
                }
                guard let status, let length else { throw OperatorClient.Refused(status: 0, text: "an answer without a length") }
                while bytes.count < range.upperBound + length { try read(into: &bytes) }
                return (status, Array(bytes[range.upperBound...]))
            }
            try read(into: &bytes)
        }
    }

    private func read(into bytes: inout [UInt8]) throws {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let size = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard size > 0 else { throw Self.failure }
        bytes += chunk[..<size]
    }

    private static var failure: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
