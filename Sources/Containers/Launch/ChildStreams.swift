import LinuxKernel

/// What a container's first process has as its own input, output and errors, which the command inherits or the process
/// writes its logs into.
struct ChildStreams: Sendable {
    let input: Descriptor?
    let output: Descriptor
    let errors: Descriptor

    init(_ spec: ContainerSpec, sandbox: SandboxFolder) throws(KernelError) {
        switch spec.streams.output {
        case .files:
            input = nil
            output = try sandbox.output("stdout")
            errors = try sandbox.output("stderr")
        case .session(let session) where spec.streams.terminal == nil:
            let pipes = (try Descriptor.pipe(), try Descriptor.pipe(), try Descriptor.pipe())
            input = pipes.0.reading
            output = pipes.1.writing
            errors = pipes.2.writing
            session.set { ends in
                ends.input = pipes.0.writing
                ends.output = pipes.1.reading
                ends.errors = pipes.2.reading
            }
        case .session, .discarded:
            input = nil
            output = try .nullDevice()
            errors = output
        }
    }
}
