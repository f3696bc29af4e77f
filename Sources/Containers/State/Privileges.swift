import LinuxKernel
import Seccomp

/// What a container was asked to let its programs do. What a session does not ask for, it has as the container around it.
struct Privileges: Hashable, Sendable {
    var seccomp = SeccompChoice.standard
    var effective: CapabilitySet?
    var bounding: CapabilitySet?

    /// As the agent has it for all.
    init() {}

    init(_ confinement: Confinement) {
        seccomp = confinement.seccomp
        effective = confinement.effectiveCapabilities
        bounding = confinement.boundingCapabilities
    }

    // MARK: In records

    /// Three words: the sets of capabilities, or "-"; and the profile, with ":" before its name.
    var text: String {
        let profile =
            switch seccomp {
            case .standard: "standard"
            case .unconfined: "unconfined"
            case .named(let name): ":\(name)"
            }
        return [effective, bounding].map { $0.map { String($0.rawValue) } ?? "-" }.joined(separator: " ") + " " + profile
    }

    init?(reading text: String) {
        let words = text.split(separator: " ", maxSplits: 2)
        guard words.count == 3 else { return nil }
        effective = UInt64(words[0]).map(CapabilitySet.init)
        bounding = UInt64(words[1]).map(CapabilitySet.init)
        switch words[2] {
        case "standard": seccomp = .standard
        case "unconfined": seccomp = .unconfined
        default:
            guard words[2].hasPrefix(":") else { return nil }
            seccomp = .named(String(words[2].dropFirst()))
        }
    }
}
