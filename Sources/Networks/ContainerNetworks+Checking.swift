import LinuxKernel

extension ContainerNetworks {
    /// Asks the plugins whether what they made for a container is there as they made it (CHECK of the CNI specification,
    /// since its version 0.4.0). Networks whose description says `disableCheck` are not asked. Nothing is changed.
    ///
    /// - Parameter isCancelled: asked now and then; true ends it with an error.
    /// - Throws: what a plugin said, with its network.
    public func check(_ name: String, isCancelled: () -> Bool) throws(NetworkError) {
        guard let own = try existing(name) else { return }
        for attachment in try own.attachments() where attachment.canBeChecked {
            // What holds this open is a plugin of ours at work: the next agent waits for its end.
            let target = target(name, attachment, namespace: pinPath(name), token: try own.token())
            for index in attachment.plugins.indices {
                try during(attachment) { () throws(NetworkError) in
                    let program = try caller.find(try NetworkConfiguration.type(attachment.plugins[index]))
                    let input = try attachment.input(ofPlugin: index, for: .check)
                    _ = try caller.call(.check, program, input, for: target, isCancelled: isCancelled)
                }
            }
        }
    }
}

extension Attachment {
    /// Whether it was made whole, by plugins that know what CHECK is.
    fileprivate var canBeChecked: Bool {
        version.hasChecks && isUnchecked != true && called == plugins.count && !isCalling && result != nil
    }
}
