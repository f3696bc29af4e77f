import FoundationEssentials
import Glibc
import LinuxKernel

/// What is kept of one container's networks: `eth0.json` and so on, the file that shows whether a plugin is at work, and
/// the files that tell the container's programs of names and addresses.
struct AttachmentFolder {
    let folder: Folder

    private static let lockName = "calls"
    private static let suffix = ".json"
    /// The largest description of an interface that is read.
    private static let limit = 4 << 20

    /// The token of calls for this container: a lock that is held as long as anybody who is called has it open.
    func token() throws(NetworkError) -> Descriptor {
        let token = try openToken()
        _ = flock(token.number, LOCK_EX | LOCK_NB)
        return token
    }

    /// How long those are waited for who still work on a call of a former process of ours.
    private static let patience = Duration.seconds(2)
    private static let glanceMicroseconds: UInt32 = 20_000

    /// Waits until nobody works on a call of a former process of ours any more: what is taken away now must not be made
    /// again. The plugin itself died with that process; what it had started ends soon, or is ended.
    func endCalls() throws(NetworkError) {
        let token = try openToken()
        guard !Self.isFree(token, within: Self.patience) else { return }
        token.killHolders(under: Helper.tokenNumber)
        guard Self.isFree(token, within: Self.patience) else {
            throw NetworkError("a plugin that was called before does not end; \(folder.path)/\(Self.lockName) is open in it")
        }
    }

    private func openToken() throws(NetworkError) -> Descriptor {
        do {
            return try folder.file(Self.lockName, flags: O_RDWR | O_CREAT, mode: 0o600)
        } catch {
            throw NetworkError("\(error)")
        }
    }

    private static func isFree(_ token: Descriptor, within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while flock(token.number, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline else { return false }
            usleep(glanceMicroseconds)
        }
        return true
    }

    /// Writes an interface down. Whoever reads sees it as it was or as it is now.
    func write(_ attachment: Attachment) throws(NetworkError) {
        let name = attachment.interface + Self.suffix
        do {
            try folder.replaceFile(name, with: [UInt8](try JSONEncoder().encode(attachment)), mode: 0o600)
        } catch {
            throw NetworkError("cannot write down the interface \(attachment.interface): \(error)")
        }
    }

    func remove(_ attachment: Attachment) throws(NetworkError) {
        do {
            try folder.removeTree(attachment.interface + Self.suffix)
        } catch {
            throw NetworkError("cannot remove what was written down of the interface \(attachment.interface): \(error)")
        }
    }

    /// The interfaces in the order in which they were made.
    func attachments() throws(NetworkError) -> [Attachment] {
        do {
            let names = try folder.names().filter { $0.hasSuffix(Self.suffix) && !$0.hasPrefix(".") }
            let attachments = try names.compactMap { name in
                try folder.content(of: name, limit: Self.limit).map { try JSONDecoder().decode(Attachment.self, from: Data($0)) }
            }
            return attachments.sorted { $0.order < $1.order }
        } catch {
            throw NetworkError("cannot read what is written down in \(folder.path): \(error)")
        }
    }

    /// Writes a file for the container's programs.
    func write(_ text: String, to name: String) throws(NetworkError) {
        do {
            try folder.replaceFile(name, with: Array(text.utf8), mode: 0o644)
        } catch {
            throw NetworkError("\(error)")
        }
    }
}

extension Attachment {
    /// Where it stands among the interfaces: the number in its name.
    fileprivate var order: Int { Int(interface.drop { !$0.isNumber }) ?? 0 }
}
