import Images
import Logging
import Synchronization

/// Removes images that nothing uses, as the operator wants it, as long as the agent runs.
final class ImageCare: Sendable {
    private let images: ImageStore
    private let cleanup: ImageCleanup
    private let logger: Logger
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(images: ImageStore, cleanup: ImageCleanup, logger: Logger) {
        self.images = images
        self.cleanup = cleanup
        self.logger = logger
    }

    /// Looks at once, and then again and again.
    func start() {
        task.withLock { task in
            task = Task {
                while !Task.isCancelled {
                    await look()
                    try? await Task.sleep(for: cleanup.interval)
                }
            }
        }
    }

    /// Returns when nothing is asked of the store any more.
    func stop() async {
        let task = task.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    private func look() async {
        do throws(ImageError) {
            let removed = try await images.cleanUp(cleanup)
            guard removed.layers > 0 || !removed.references.isEmpty else { return }
            logger.notice(
                "images removed",
                metadata: [
                    "images": "\(removed.references.joined(separator: " "))", "layers": "\(removed.layers)", "bytes": "\(removed.bytes)",
                ]
            )
        } catch {
            guard error.code != .cancelled else { return }
            logger.error("images cannot be looked after", metadata: ["reason": "\(error)"])
        }
    }
}
