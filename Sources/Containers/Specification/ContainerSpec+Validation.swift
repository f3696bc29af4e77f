import Cluster
import LinuxKernel

extension ContainerSpec {
    /// The most layers of an image; overlayfs takes no more.
    static let maximumLayers = 500
    /// The most volumes of a container.
    static let maximumVolumes = 1000
    /// The most of them that may be images: each takes a descriptor of the first process.
    static let maximumImageVolumes = 8
    /// The most bytes of a secret, as Kubernetes has it.
    static let largestSecret = 1 << 20
    /// As long as the kernel takes it (sethostname(2)).
    static let maximumHostname = 64

    /// Refuses what no machine could launch.
    func validate() throws(ContainerError) {
        if let reason = reasonAgainst { throw .invalid(id, reason: reason) }
    }

    private var reasonAgainst: String? {
        reasonAgainstTexts ?? reasonAgainstSandbox ?? reasonAgainstCommand ?? reasonAgainstRoot ?? reasonAgainstVolumes
            ?? reasonAgainstLimits ?? reasonAgainstStreams ?? reasonAgainstConfinement
    }

    private var reasonAgainstStreams: String? {
        if let limit = streams.logLimit {
            guard LogLimit.rangeOfBytes.contains(limit.bytes), LogLimit.rangeOfFiles.contains(limit.files) else {
                return "the limit on logs must be from 1 KiB to 1 TiB and 1 to 1000 files, is \(limit.bytes) bytes and \(limit.files) files"
            }
        }
        guard case .session = streams.output else { return nil }
        guard id.parent != nil, volumes.isEmpty else { return "a session runs in a container that is there, and brings no volumes" }
        return command == nil ? "a session needs a command" : nil
    }

    private var reasonAgainstConfinement: String? {
        let hasOwnRoot = if case .image = root { true } else { false }
        return confinement.reasonAgainst(hasOwnRoot: hasOwnRoot)
    }

    private var reasonAgainstTexts: String? {
        let texts = [sandbox, workingDirectory ?? "", user ?? "", hostname ?? ""]
        guard !texts.contains(where: { $0.utf8.contains(0) }) else { return "a path or name contains the character NUL" }
        if let user, user.isEmpty { return "the user is empty; leave it out to run as the agent's own user" }
        if let hostname, !hostname.utf8.allSatisfy(Self.isOfHostname) {
            return "the hostname may have letters, digits, -, _ and . only, is \"\(hostname.prefix(80).debugDescription)\""
        }
        if let hostname, hostname.isEmpty || hostname.utf8.count > Self.maximumHostname {
            return "the hostname must have 1 to \(Self.maximumHostname) bytes, is \"\(hostname.prefix(80))\""
        }
        return nil
    }

    /// It is a line's part in files that every program reads (hosts(5), hostname(5)).
    private static func isOfHostname(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }

    private var reasonAgainstSandbox: String? {
        Path.isPlainAbsolute(sandbox) && sandbox != "/" ? nil : "the sandbox must be an absolute path without \"..\", is \"\(sandbox)\""
    }

    private var reasonAgainstCommand: String? {
        guard let command else { return nil }
        guard !command.executable.isEmpty else { return "the command's executable is empty" }
        for text in [command.executable] + command.arguments where text.utf8.contains(0) {
            return "the command contains the character NUL, which no program can receive"
        }
        for (name, value) in environment {
            guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")), !name.utf8.contains(0), !value.utf8.contains(0) else {
                return "the variable \"\(name.prefix(80))\" has an empty name, a \"=\" in its name, or the character NUL"
            }
        }
        return nil
    }

    private var reasonAgainstRoot: String? {
        guard case .image(let layers) = root else { return nil }
        return reasonAgainst(layers)
    }

    private func reasonAgainst(_ layers: [String]) -> String? {
        guard !layers.isEmpty, layers.count <= Self.maximumLayers else {
            return "the image must have 1 to \(Self.maximumLayers) layers, has \(layers.count)"
        }
        return layers.first { !Path.isPlainAbsolute($0) }.map { "the layer \"\($0)\" must be an absolute path without \"..\"" }
    }

    private var reasonAgainstVolumes: String? {
        guard volumes.count <= Self.maximumVolumes else { return "there are more than \(Self.maximumVolumes) volumes" }
        let images = imageVolumes.count
        guard images <= Self.maximumImageVolumes else {
            return "there may be \(Self.maximumImageVolumes) volumes with images, not \(images)"
        }
        for volume in volumes {
            guard Path.isPlain(volume.containerPath), volume.containerPath != "/" else {
                return "the volume's place \"\(volume.containerPath)\" must be a path without \"..\", and not the root"
            }
            if let reason = reasonAgainst(volume.source) { return reason }
        }
        for folder in sharedFolders {
            guard Path.isPlain(folder.path), !folder.path.hasPrefix("/"), folder.limitBytes ?? 1 > 0 else {
                return "the shared folder \"\(folder.path)\" must be a relative path without \"..\", with a limit above 0"
            }
        }
        return nil
    }

    private func reasonAgainst(_ source: VolumeMount.Source) -> String? {
        switch source {
        case .host(let path):
            return Path.isPlainAbsolute(path) ? nil : "the volume's host path must be absolute without \"..\", is \"\(path)\""
        case .sandbox(let path), .parentSandbox(let path):
            if case .parentSandbox = source, id.parent == nil { return "a volume from a parent's sandbox needs a parent" }
            let isRelative = Path.isPlain(path) && !path.hasPrefix("/")
            return isRelative ? nil : "the volume's path in a sandbox must be relative without \"..\", is \"\(path)\""
        case .secret(let content):
            return content.count <= Self.largestSecret ? nil : "a secret may have \(Self.largestSecret) bytes, has \(content.count)"
        case .memory(let bytes):
            return bytes ?? 1 > 0 ? nil : "a volume in memory must have a size above 0, has \(bytes ?? 0) bytes"
        case .image(let layers):
            return reasonAgainst(layers)
        }
    }

    private var reasonAgainstLimits: String? {
        if let reason = limits.reasonAgainst { return reason }
        guard gpus >= 0 else { return "the number of GPUs must not be negative, is \(gpus)" }
        if gpus > 0, sharesCgroup, id.parent != nil { return "a container with GPUs needs a cgroup of its own: do not share the parent's" }
        if let diskBytes, diskBytes <= 0 { return "the limit on disk must be above 0, is \(diskBytes)" }
        let isShared = sharesCgroup && id.parent != nil
        return isShared && !limits.isEmpty ? "it shares its parent's cgroup, so it cannot have limits of its own" : nil
    }
}

/// Rules for paths, by their text alone.
enum Path {
    /// Neither empty nor with a step upwards or the character NUL.
    static func isPlain(_ path: String) -> Bool {
        !path.isEmpty && !path.utf8.contains(0) && !path.split(separator: "/").contains("..")
    }

    static func isPlainAbsolute(_ path: String) -> Bool {
        path.hasPrefix("/") && isPlain(path)
    }

    /// What comes after a folder in a path below it; nothing if it is not below.
    static func below(_ folder: String, _ path: String) -> String? {
        path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : nil
    }

    /// The folder that a path is in, and its last name.
    static func split(_ path: String) -> (folder: String, name: String) {
        let parts = path.split(separator: "/")
        return ("/" + parts.dropLast().joined(separator: "/"), parts.last.map(String.init) ?? "")
    }
}
