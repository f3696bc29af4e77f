public import LinuxKernel
import Synchronization

/// Our ends of the input and output of a container that is launched for one caller, as by `docker exec`.
///
/// The container runs in the one around it: it sees its files, its processes and its environment, writes no logs, and
/// does not survive this process.
public final class ContainerSession: Sendable {
    /// The ends; of a terminal, which is all three, there is only that one.
    public struct Ends: Sendable {
        /// To be closed for the end of the input.
        public var input: Descriptor?
        /// What it prints.
        public var output: Descriptor?
        /// What it prints to standard error.
        public var errors: Descriptor?
        /// The terminal, for input and output.
        public var terminal: Descriptor?
    }

    private let ends = Mutex(Ends())

    /// A session for one launch.
    public init() {}

    /// The ends, once the launch has succeeded; they are the caller's from then on.
    public func takeEnds() -> Ends {
        ends.withLock { ends in
            defer { ends = Ends() }
            return ends
        }
    }

    func set(_ change: (inout Ends) -> Void) {
        ends.withLock { change(&$0) }
    }
}
