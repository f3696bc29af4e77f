import CLinuxKernel
import Glibc

/// A program of this machine that is run for its answer, within limits: of time, of what it prints, and by the wish of
/// whoever asked.
///
/// It gets its input as a file, a session of its own, and nothing else of ours. Should our process be killed, it is, too.
public struct Helper: Sendable {
    /// How it ended.
    public enum End: Hashable, Sendable {
        /// By itself, with a status as of wait(2).
        case ended(waitStatus: Int32)
        /// It took too long and was killed.
        case outOfTime
        /// It printed more than it may and was killed.
        case tooMuchOutput
        /// Nobody wanted to know any more; it was killed.
        case cancelled
    }

    /// What it said, as far as it came.
    public struct Answer: Sendable {
        /// How it ended.
        public var end: End
        /// What it wrote to its standard output.
        public var output: [UInt8]
        /// The first of what it wrote to its standard error.
        public var errors: [UInt8]
    }

    /// Its path.
    public var path: String
    /// Its environment, whole, each "name=value".
    public var environment: [String]
    /// What it reads from its standard input.
    public var input: [UInt8]
    /// An open file that it and whatever it starts keep open under ``tokenNumber``, as long as any of them is there.
    public var token: Descriptor?
    /// How long it may take.
    public var timeLimit: Duration
    /// How many bytes it may print.
    public var outputLimit = 1 << 20

    /// The number under which it has its token.
    public static let tokenNumber: Int32 = 3
    /// How much of its standard error is kept.
    private static let errorLimit = 8 << 10
    /// How often is asked whether somebody still wants to know.
    private static let glance = Duration.milliseconds(100)

    /// Describes a program to run.
    public init(path: String, environment: [String], input: [UInt8], token: Descriptor?, timeLimit: Duration) {
        self.path = path
        self.environment = environment
        self.input = input
        self.token = token
        self.timeLimit = timeLimit
    }

    /// Runs it, and waits for its end. To be called on a thread of a ``WorkerPool``.
    ///
    /// - Parameter isCancelled: asked now and then; true ends it.
    public func run(isCancelled: () -> Bool) throws(KernelError) -> Answer {
        let output = try Pipe(), errors = try Pipe()
        let process = try startPatiently(output: output.writing, errors: errors.writing)
        output.closeWriting()
        errors.closeWriting()
        var answer = Answer(end: .cancelled, output: [], errors: [])
        let deadline = ContinuousClock.now + timeLimit
        var waitStatus: Int32?
        while waitStatus == nil {
            Self.wait([output, errors], process, until: min(deadline, .now + Self.glance))
            waitStatus = try process.reap()
            output.read(into: &answer.output, limit: outputLimit + 1)
            errors.read(into: &answer.errors, limit: Self.errorLimit)
            guard waitStatus == nil else { break }
            if let end = end(answer, deadline, isCancelled) {
                kill(-process.pid, SIGKILL)
                process.killAndReap()
                answer.end = end
                return answer
            }
        }
        answer.end = answer.output.count > outputLimit ? .tooMuchOutput : .ended(waitStatus: waitStatus ?? 0)
        return answer
    }

    /// Why one that still runs must end now.
    private func end(_ answer: Answer, _ deadline: ContinuousClock.Instant, _ isCancelled: () -> Bool) -> End? {
        if answer.output.count > outputLimit { return .tooMuchOutput }
        if deadline <= .now { return .outOfTime }
        return isCancelled() ? .cancelled : nil
    }

    /// How often a program is tried that somebody writes to, 20 ms apart.
    private static let busyAttempts = 50

    /// A program that was just written may still be open in a process that is just being started.
    private func startPatiently(output: Descriptor, errors: Descriptor) throws(KernelError) -> Pidfd {
        for _ in 0..<Self.busyAttempts {
            do {
                return try start(output: output, errors: errors)
            } catch {
                guard error.code == ETXTBSY else { throw error }
                usleep(20_000)
            }
        }
        return try start(output: output, errors: errors)
    }

    private func start(output: Descriptor, errors: Descriptor) throws(KernelError) -> Pidfd {
        let input = try Descriptor.memoryFile("helper-input", content: input)
        _ = try KernelError.check(Int32(clamping: lseek(input.number, 0, SEEK_SET)), "rewind a memory file")
        let descriptors = [input.number, output.number, errors.number, token?.number ?? -1]
        var pidfd: Int32 = -1
        let result = path.withCString { path in
            Self.withStrings(environment) { environment in
                descriptors.withUnsafeBufferPointer { descriptors in
                    var spawn = agora_spawn()
                    spawn.executable = -1
                    spawn.name = path
                    spawn.descriptors = descriptors.baseAddress
                    spawn.descriptor_count = UInt32(descriptors.count)
                    spawn.pid_namespace_of = -1
                    spawn.cgroup = -1
                    spawn.helper = path
                    spawn.environment = environment
                    return agora_spawn(&spawn, &pidfd)
                }
            }
        }
        return try Pidfd(Descriptor(owning: pidfd), pid: try KernelError.checkNegative(result, "run \(path)"))
    }

    private static func withStrings(
        _ strings: [String],
        _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Int32
    ) -> Int32 {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return (copies + [nil]).withUnsafeBufferPointer { body($0.baseAddress) }
    }

    /// Waits until one of the pipes has something to read or the process has ended.
    private static func wait(_ pipes: [Pipe], _ process: Pidfd, until instant: ContinuousClock.Instant) {
        let numbers = pipes.map { $0.isOver ? -1 : $0.reading.number } + [process.descriptor.number]
        var polled = numbers.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let left = max((instant - .now) / .milliseconds(1), 0).rounded(.up)
        _ = poll(&polled, nfds_t(polled.count), Int32(left))
    }
}

/// A pipe of which we read without waiting.
private final class Pipe {
    let reading: Descriptor
    /// Whether nobody writes to it any more.
    private(set) var isOver = false
    private var writingEnd: Descriptor?

    init() throws(KernelError) {
        let ends = try Descriptor.pipe()
        try ends.reading.stopWaiting()
        reading = ends.reading
        writingEnd = ends.writing
    }

    var writing: Descriptor {
        get throws(KernelError) {
            guard let writingEnd else { throw KernelError("write to a closed pipe", code: EPIPE) }
            return writingEnd
        }
    }

    func closeWriting() { writingEnd = nil }

    /// Takes what is there; what goes beyond the limit is dropped.
    func read(into bytes: inout [UInt8], limit: Int) {
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        for _ in 0..<64 {
            let size = chunk.withUnsafeMutableBytes { Glibc.read(reading.number, $0.baseAddress, $0.count) }
            if size == 0 { isOver = true }
            guard size > 0 else { return }
            bytes += chunk.prefix(min(size, max(limit - bytes.count, 0)))
        }
    }
}
