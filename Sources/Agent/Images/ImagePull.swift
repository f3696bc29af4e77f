import HTTPService
import Images
import MesosMessages
import SwiftProtobuf
import Synchronization

/// One PULL_IMAGE: pulls, and tells its client how it goes.
struct ImagePull: Sendable {
    let images: ImageStore
    let reference: ImageReference
    let policy: PullPolicy

    func run(into stream: EventStream<Agora_V1_ImageEvent>) async {
        let progress = PullProgress()
        let ticker = Task {
            var silence = Duration.zero
            while (try? await Task.sleep(for: Self.pause)) != nil {
                silence = Self.tell(progress, stream) ? .zero : silence + Self.pause
                guard silence >= Self.longestSilence else { continue }
                stream.send(.with { $0.type = .progress })
                silence = .zero
            }
        }
        let last: Agora_V1_ImageEvent
        do throws(ImageError) {
            let image = try await images.pull(reference, policy: policy, progress: progress.note)
            let stored = try await images.images().first { $0.reference == reference.description && $0.digest == image.digest }
            last = .with { event in
                event.type = .done
                if let stored { event.image = Agora_V1_StoredImage(stored) }
            }
        } catch {
            last = .with { event in
                event.type = .failed
                event.message = error.reason
            }
        }
        ticker.cancel()
        await ticker.value
        Self.tell(progress, stream)
        stream.send(last)
        stream.finish()
    }

    /// A client that reads slowly is told less often.
    ///
    /// - Returns: whether there was something to tell.
    @discardableResult
    private static func tell(_ progress: PullProgress, _ stream: EventStream<Agora_V1_ImageEvent>) -> Bool {
        guard stream.bufferedBytes == 0 else { return true }
        let events = progress.takeChanges()
        for event in events { stream.send(event) }
        return !events.isEmpty
    }

    private static let pause = Duration.milliseconds(100)
    /// Then an event without layers says that it goes on.
    private static let longestSilence = Duration.seconds(15)
}

/// How far the layers of a pull are; what changed since it was last asked is told together.
final class PullProgress: Sendable {
    fileprivate struct State {
        var resolved: Agora_V1_ImageEvent?
        var layers: [ImageDigest: Agora_V1_ImageEvent.Layer] = [:]
        var changed: [ImageDigest] = []
    }

    private let state = Mutex(State())

    func note(_ progress: ImageProgress) {
        state.withLock { state in
            switch progress {
            case .resolving: break
            case .resolved(let present, let missing):
                state.resolved = .with { event in
                    event.type = .resolved
                    event.present = UInt32(clamping: present)
                    event.layers = missing.map { Self.layer($0, .waiting) }
                }
            case .downloading(let layer, let bytes, let total):
                var message = Self.layer(layer, .downloading)
                message.bytes = UInt64(clamping: bytes)
                if let total { message.total = UInt64(clamping: total) }
                state.change(layer, message)
            case .unpacking(let layer): state.change(layer, Self.layer(layer, .unpacking))
            case .layerReady(let layer): state.change(layer, Self.layer(layer, .ready))
            }
        }
    }

    func takeChanges() -> [Agora_V1_ImageEvent] {
        state.withLock { state in
            defer { (state.resolved, state.changed) = (nil, []) }
            var events = state.resolved.map { [$0] } ?? []
            let layers = state.changed.compactMap { state.layers[$0] }
            if !layers.isEmpty {
                events.append(
                    .with { event in
                        event.type = .progress
                        event.layers = layers
                    }
                )
            }
            return events
        }
    }

    private static func layer(_ digest: ImageDigest, _ layerState: Agora_V1_ImageEvent.Layer.State) -> Agora_V1_ImageEvent.Layer {
        .with { layer in
            layer.diffID = digest.description
            layer.state = layerState
        }
    }
}

extension PullProgress.State {
    fileprivate mutating func change(_ digest: ImageDigest, _ layer: Agora_V1_ImageEvent.Layer) {
        layers[digest] = layer
        if !changed.contains(digest) { changed.append(digest) }
    }
}
