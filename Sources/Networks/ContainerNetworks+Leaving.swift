import Glibc
import LinuxKernel
import Logging

extension ContainerNetworks {
    /// Takes a container out of its networks, and its network namespace away. One without networks is out of them.
    ///
    /// What plugins could not take away stays written down, for another try.
    ///
    /// - Parameter isWanted: asked once nobody else changes anything of the container; true leaves it as it is.
    public func leave(_ name: String, unless isWanted: () -> Bool = { false }) throws(NetworkError) {
        try holding(name) { () throws(NetworkError) in
            if !isWanted() { try clear(name) }
        }
    }

    /// What was joined last is left first, and the plugins are called in the reverse order.
    func clear(_ name: String) throws(NetworkError) {
        guard let own = try existing(name) else { return freePorts(of: name) }
        let attachments = try own.attachments()
        var failures: [NetworkError] = []
        for attachment in attachments.reversed() {
            do {
                try remove(attachment, name, own)
                try own.remove(attachment)
            } catch {
                failures.append(error)
            }
        }
        if let first = failures.first { throw first }
        do {
            try NetworkNamespace.unpin(pinPath(name))
            try Folder.open(pins.path).removeTree(name)
            try folder.removeTree(name)
        } catch {
            throw NetworkError("\(error)")
        }
        freePorts(of: name)
    }

    func existing(_ name: String) throws(NetworkError) -> AttachmentFolder? {
        do {
            return AttachmentFolder(folder: try folder.folder(name))
        } catch {
            guard error.code == ENOENT else { throw NetworkError("\(error)") }
            return nil
        }
    }

    /// Calls those plugins that were called to make an interface; each is called, whatever became of the one before.
    private func remove(_ attachment: Attachment, _ name: String, _ own: AttachmentFolder) throws(NetworkError) {
        guard attachment.hasPlugins else { return }
        var attachment = attachment
        if attachment.isCalling { try own.endCalls() }
        attachment.isCalling = true
        try own.write(attachment)
        let token = try own.token()
        let isThere = namespace(of: name) != nil
        let target = target(name, attachment, namespace: isThere ? pinPath(name) : "", token: token)
        var failure: NetworkError?
        for index in attachment.plugins.indices.prefix(attachment.called).reversed() {
            do {
                let input = try attachment.input(ofPlugin: index, for: .remove)
                _ = try during(attachment) { () throws(NetworkError) in
                    let program = try caller.find(try NetworkConfiguration.type(attachment.plugins[index]))
                    return try caller.call(.remove, program, input, for: target, isCancelled: { false })
                }
            } catch {
                if failure == nil { failure = error }
            }
        }
        if let failure { throw failure }
    }

    /// A name for a container that is fit for a file and for plugins, made of the names from the outermost to it.
    public static func name(of path: [String]) -> String {
        let whole = path.joined(separator: ".")
        guard whole.utf8.count > 100 || !NetworkConfiguration.isName(whole) else { return whole }
        // Two numbers of 64 bits (FNV-1a) from different beginnings: long enough that no two containers get the same.
        let digests = [0xcbf2_9ce4_8422_2325, 0x9e37_79b9_7f4a_7c15].map { start in
            whole.utf8.reduce(start as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
        return "x" + digests.map { String($0, radix: 16) }.joined(separator: "-")
    }
}
