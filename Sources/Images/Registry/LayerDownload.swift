import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1

/// Downloads one layer, and goes on where an earlier attempt ended.
struct LayerDownload: Sendable {
    let digest: ImageDigest
    let size: Int64
    let client: RegistryClient
    let progress: @Sendable (Int64) -> Void

    private var what: String { "layer \(digest)" }

    /// What has arrived so far. Where another pull downloads the same from another place, this one keeps nothing.
    func open(in folder: StoreFolder) async throws(ImageError) -> BlobFile {
        try await blocking { (cancellation) throws(ImageError) in
            guard let claim = folder.partial.claim(digest) else {
                return try BlobFile(temporaryIn: folder.temporary, name: folder.temporaryName())
            }
            return try BlobFile(resuming: claim, size: size, cancellation: cancellation)
        }
    }

    /// Downloads what is missing, and verifies the whole. What may succeed later is tried again; an attempt that has brought
    /// something does not count.
    func fill(_ blob: BlobFile, from address: RegistryAddress) async throws(ImageError) {
        var delay = client.configuration.retryDelay
        var attempt = 1
        while true {
            let before = blob.count
            do throws(ImageError) {
                return try await withDeadline(client.configuration.layerTimeout, "GET \(address.blob(digest))") {
                    () throws(ImageError) in
                    try await complete(blob, from: address)
                }
            } catch {
                if blob.count - before >= ImageLimits.writeBytes { (attempt, delay) = (0, client.configuration.retryDelay) }
                guard error.isTransient, attempt < client.configuration.attempts else { throw error }
            }
            attempt += 1
            do { try await Task.sleep(for: delay) } catch { throw ImageError(.cancelled, "cancelled") }
            delay *= 2
        }
    }

    private func complete(_ blob: BlobFile, from address: RegistryAddress) async throws(ImageError) {
        let kept = blob.count
        if kept == 0 || kept < size { try await receive(blob, from: address) }
        do throws(ImageError) {
            try await verify(blob)
        } catch {
            // What was kept may be spoilt, as by a loss of power; what comes in one piece is the registry's word.
            guard kept > 0, error.code == .digestMismatch else { throw error }
            client.logger.notice("download begun anew", metadata: ["layer": "\(digest)"])
            try await restart(blob)
            try await receive(blob, from: address)
            try await verify(blob)
        }
    }

    private func receive(_ blob: BlobFile, from address: RegistryAddress) async throws(ImageError) {
        let response = try await client.get(address.blob(digest), accept: [], from: blob.count, of: address, what: what)
        try await checkStart(of: response, blob)
        let missing = size - blob.count
        if let said = response.headers.first(name: "Content-Length").flatMap({ Int64($0) }), said != missing {
            throw ImageError(.sizeMismatch, "\(what) has \(blob.count + said) bytes, expected \(size)")
        }
        var body = response.body.makeAsyncIterator()
        var pending = ByteBuffer()
        var received: Int64 = 0
        do throws(ImageError) {
            while let buffer = try await HTTPTransport.next(&body, what) {
                received += Int64(buffer.readableBytes)
                guard received <= missing else { throw ImageError(.sizeMismatch, "\(what) is longer than the \(size) bytes expected") }
                pending.writeImmutableBuffer(buffer)
                if pending.readableBytes >= ImageLimits.writeBytes { try await write(&pending, to: blob) }
            }
        } catch {
            // The next attempt need not ask for it.
            if error.isTransient || error.code == .cancelled { try await write(&pending, to: blob) }
            throw error
        }
        try await write(&pending, to: blob)
    }

    /// Sees to it that what comes belongs behind what is there.
    private func checkStart(of response: HTTPClientResponse, _ blob: BlobFile) async throws(ImageError) {
        guard blob.count > 0 else { return }
        switch response.status.code {
        case 206 where response.headers.first(name: "Content-Range")?.hasPrefix("bytes \(blob.count)-") == true: return
        case 200: try await restart(blob)
        default:
            let count = blob.count
            try await restart(blob)
            throw ImageError(.unreachable, "\(what) could not be gone on with after \(count) bytes (status \(response.status.code))")
        }
    }

    private func restart(_ blob: BlobFile) async throws(ImageError) {
        try await blocking { (_) throws(ImageError) in try blob.restart() }
    }

    private func verify(_ blob: BlobFile) async throws(ImageError) {
        try await blocking { (_) throws(ImageError) in try blob.verify(digest: digest, size: size) }
    }

    private func write(_ pending: inout ByteBuffer, to blob: BlobFile) async throws(ImageError) {
        let buffer = pending
        try await blocking { (_) throws(ImageError) in
            let failure = buffer.withUnsafeReadableBytes { bytes -> ImageError? in
                do throws(ImageError) {
                    try blob.append(bytes)
                    return nil
                } catch {
                    return error
                }
            }
            if let failure { throw failure }
        }
        pending.clear()
        progress(blob.count)
    }
}
