import CLinuxKernel
import Glibc
import LinuxKernel

/// A launch of which the container's first process has not reported yet.
struct PendingLaunch: Sendable {
    let plan: LaunchPlan
    /// The socket on which it reports.
    let control: Descriptor
    let isSandboxNew: Bool
    let timeout: EventThread.Token
    let completion: Containerizer.Completion<ContainerStatus>
    /// Why it failed, as far as that is known.
    var failure: LaunchFailure?
}

/// What a container's first process says of its set-up.
enum InitReport {
    /// With the other end of the command's terminal, if it has one.
    case started(terminal: Descriptor?)
    case failed(LaunchFailure)

    /// Takes the report off a socket, without waiting; nothing if there is none.
    static func receive(from control: Descriptor) -> InitReport? {
        var report = agora_init_report()
        var number: Int32 = -1
        var size = receive(&report, &number, from: control)
        // A process that ended without taking our leave has its end told first, its report after it.
        if size == -ECONNRESET { size = receive(&report, &number, from: control) }
        let terminal = number < 0 ? nil : Descriptor(owning: number)
        return size == MemoryLayout<agora_init_report>.size ? InitReport(report, terminal) : nil
    }

    private static func receive(_ report: inout agora_init_report, _ number: inout Int32, from control: Descriptor) -> Int {
        Int(agora_receive(control.number, &report, UInt32(MemoryLayout<agora_init_report>.size), &number))
    }

    private init(_ report: agora_init_report, _ terminal: Descriptor?) {
        guard report.stage != 0 else {
            self = .started(terminal: terminal)
            return
        }
        let detail = withUnsafeBytes(of: report.detail) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let reason = report.error == 0 ? detail : "cannot \(detail): \(KernelError.reason(of: report.error))"
        self = .failed(LaunchFailure(Self.stage(report.stage), reason))
    }

    private static func stage(_ number: Int32) -> LaunchFailure.Stage {
        switch agora_init_stage(rawValue: UInt32(bitPattern: number)) {
        case AGORA_INIT_STAGE_CGROUP: .cgroup
        case AGORA_INIT_STAGE_NAMESPACE: .namespace
        case AGORA_INIT_STAGE_ROOT: .root
        case AGORA_INIT_STAGE_VOLUME: .volume
        case AGORA_INIT_STAGE_USER: .user
        case AGORA_INIT_STAGE_WORKING_DIRECTORY: .workingDirectory
        case AGORA_INIT_STAGE_COMMAND: .command
        case AGORA_INIT_STAGE_TERMINAL: .terminal
        case AGORA_INIT_STAGE_STREAMS: .streams
        default: .configuration
        }
    }
}
