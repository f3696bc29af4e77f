import LinuxKernel

/// What is written down of a container, so that a later process of ours finds it again: lines of a word and a value.
///
/// The file only grows: the facts before anything else is made, the process as soon as there is one, by the container's
/// first process that the command runs and with which status it ended, and at last what else is known of the end. A line
/// without its end was being written when the machine or the writer stopped, and counts as not there.
struct ContainerRecord: Hashable, Sendable {
    var boot: String
    var facts: ContainerFacts
    /// Whether the sandbox is made by the launch, and goes with one that fails.
    var isSandboxNew = false
    var process: ContainerProcess?
    /// Whether the launch succeeded: the command runs or has run.
    var hasStarted = false
    var waitStatus: Int32?
    /// The limit on memory that ended it.
    var memoryLimitation: MemoryLimitation?
    /// What its command was launched with.
    var setting: CommandSetting?

    /// The limit on disk that ended it.
    var diskLimitation: DiskLimitation?
    /// What it had used by its end.
    var use: ContainerUse?

    /// That too much was written, in bytes.
    struct DiskLimitation: Hashable, Sendable {
        var limit: Int64
        var used: Int64
        /// The folder of its sandbox that is meant; nothing: all that it has.
        var folder: String?
    }

    /// That memory ran out, in bytes.
    struct MemoryLimitation: Hashable, Sendable {
        var limit: Int64
        /// The most that was used at a time; nothing where the kernel does not tell.
        var peak: Int64?
    }

    static let fileName = "record"
    /// The largest record that is read: of the most layers, each by the longest path, or a large environment.
    static let limit = 4 << 20
    private static let version = "1"

    init(boot: String, facts: ContainerFacts) {
        self.boot = boot
        self.facts = facts
    }
}

// MARK: Writing

extension ContainerRecord {
    /// The lines that stand there before anything is started.
    var opening: [UInt8] {
        var lines = Self.line("version", Self.version) + Self.line("boot", boot) + Self.line("sandbox", facts.sandbox)
        if let user = facts.user { lines += Self.line("user", user) }
        for (word, isSet) in flags where isSet { lines += Self.line(word, "") }
        if isSandboxNew { lines += Self.line("new-sandbox", "") }
        // No path has a NUL.
        if !facts.layers.isEmpty { lines += Self.line("layers", facts.layers.joined(separator: "\0")) }
        for layers in facts.volumeLayers { lines += Self.line("volume-layers", layers.joined(separator: "\0")) }
        if !facts.gpus.isEmpty { lines += Self.line("gpus", facts.gpus.joined(separator: "\0")) }
        if facts.privileges != Privileges() { lines += Self.line("privileges", facts.privileges.text) }
        if let id = facts.firstID { lines += Self.line("ids", "\(id)") }
        if let bytes = facts.diskBytes { lines += Self.line(ofDiskLimit: bytes) }
        if let project = facts.project { lines += Self.line(ofProject: project) }
        for (path, bytes) in facts.folderLimits.sorted(by: { $0.key < $1.key }) { lines += Self.line("folder", "\(bytes) \(path)") }
        for path in facts.memoryFolders { lines += Self.line("memory-folder", path) }
        if let limits = facts.limits { lines += Self.line("limits", Self.text(of: limits)) }
        if let setting {
            lines += Self.line("directory", setting.workingDirectory)
            for variable in setting.environment { lines += Self.line("variable", variable) }
        }
        return lines
    }

    private var flags: [(String, Bool)] {
        [
            ("own-root", facts.hasOwnRoot), ("image-root", facts.hasImageRoot),
            ("shared-pids", facts.sharesPIDNamespace), ("tracked", facts.isTracked), ("session", facts.isSession),
            ("terminal", facts.hasTerminal), ("input", facts.keepsInput), ("own-network", facts.hasOwnNetwork),
            ("kept-from-gpus", facts.isKeptFromGPUs),
        ]
    }

    static func line(of process: ContainerProcess) -> [UInt8] {
        line("process", "\(process.pid) \(process.startTicks)")
    }

    static func line(of limits: ResourceLimits) -> [UInt8] {
        line("limits", text(of: limits))
    }

    static func line(ofDiskLimit bytes: Int64?) -> [UInt8] {
        line("disk", bytes.map(String.init) ?? "-")
    }

    static func line(ofProject project: UInt32?) -> [UInt8] {
        line("project", project.map(String.init) ?? "-")
    }

    static func line(of limitation: DiskLimitation) -> [UInt8] {
        line("disk-limitation", "\(limitation.limit) \(limitation.used)" + (limitation.folder.map { " \($0)" } ?? ""))
    }

    static func line(of limitation: MemoryLimitation) -> [UInt8] {
        line("memory-limitation", "\(limitation.limit)" + (limitation.peak.map { " \($0)" } ?? ""))
    }

    static func line(of use: ContainerUse) -> [UInt8] {
        line("use", use.text)
    }

    private static func text(of limits: ResourceLimits) -> String {
        let numbers = [limits.cpus, limits.cpuLimit, limits.memoryBytes, limits.pids].map { $0.map(String.init) ?? "-" }
        var others: [String] = []
        if let burst = limits.cpuBurst { others.append("burst=\(burst)") }
        if let bytes = limits.memorySoftBytes { others.append("soft=\(bytes)") }
        if let bytes = limits.swapBytes { others.append("swap=\(bytes)") }
        if let weight = limits.ioWeight { others.append("weight=\(weight)") }
        if let names = limits.processors { others.append("processors=\(names)") }
        // What they are is the kernel's to know; that there are some decides into which cgroups children go.
        if !limits.io.isEmpty { others.append("disks=\(limits.io.map(\.device).joined(separator: ","))") }
        return (numbers + others).joined(separator: " ")
    }

    /// A value may hold anything; the end of a line and the backslash are written as escapes.
    private static func line(_ word: String, _ value: String) -> [UInt8] {
        var bytes = Array("\(word) ".utf8)
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
            default: bytes.append(byte)
            }
        }
        return bytes + [UInt8(ascii: "\n")]
    }
}

// MARK: Reading

extension ContainerRecord {
    /// Reads what is there; nothing if it is not enough to know the container by.
    init?(reading bytes: [UInt8]) {
        var values: [String: String] = [:]
        var lists: [String: [String]] = [:]
        let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[...$0] } ?? []
        for line in whole.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
            guard let word = parts.first else { continue }
            // Of a line that stands there twice, the later counts.
            let value = Self.unescaped(parts.count > 1 ? parts[1] : [])
            let name = String(decoding: word, as: UTF8.self)
            if Self.lists.contains(name) { lists[name, default: []].append(value) } else { values[name] = value }
        }
        guard values["version"] == Self.version, let boot = values["boot"], let sandbox = values["sandbox"] else { return nil }
        self.init(boot: boot, facts: ContainerFacts(sandbox: sandbox))
        facts.user = values["user"]
        facts.hasOwnRoot = values["own-root"] != nil
        facts.hasImageRoot = values["image-root"] != nil
        facts.layers = values["layers"]?.split(separator: "\0").map(String.init) ?? []
        facts.volumeLayers = lists["volume-layers", default: []].map { $0.split(separator: "\0").map(String.init) }
        facts.gpus = values["gpus"]?.split(separator: "\0").map(String.init) ?? []
        facts.isKeptFromGPUs = values["kept-from-gpus"] != nil
        facts.sharesPIDNamespace = values["shared-pids"] != nil
        facts.isTracked = values["tracked"] != nil
        facts.isSession = values["session"] != nil
        facts.hasTerminal = values["terminal"] != nil
        facts.keepsInput = values["input"] != nil
        facts.hasOwnNetwork = values["own-network"] != nil
        facts.limits = values["limits"].map(Self.limits)
        facts.privileges = values["privileges"].flatMap { Privileges(reading: $0) } ?? Privileges()
        facts.firstID = values["ids"].flatMap { UInt32($0) }
        facts.diskBytes = values["disk"].flatMap { Int64($0) }
        facts.project = values["project"].flatMap { UInt32($0) }
        diskLimitation = values["disk-limitation"].flatMap(Self.diskLimitation)
        isSandboxNew = values["new-sandbox"] != nil
        process = values["process"].flatMap(Self.process)
        hasStarted = values["started"] != nil
        waitStatus = values["status"].flatMap { Int32($0) }
        memoryLimitation = values["memory-limitation"].flatMap(Self.memoryLimitation)
        use = values["use"].flatMap { ContainerUse(reading: $0) }
        setting = values["directory"].map { CommandSetting(environment: lists["variable"] ?? [], workingDirectory: $0) }
        facts.memoryFolders = lists["memory-folder"] ?? []
        for folder in lists["folder"] ?? [] {
            let parts = folder.split(separator: " ", maxSplits: 1)
            if parts.count == 2, let bytes = Int64(parts[0]) { facts.folderLimits[String(parts[1])] = bytes }
        }
    }

    /// The words that may stand there several times.
    private static let lists: Set<String> = ["variable", "folder", "memory-folder", "volume-layers"]

    private static func diskLimitation(_ text: String) -> DiskLimitation? {
        let parts = text.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, let limit = Int64(parts[0]), let used = Int64(parts[1]) else { return nil }
        return DiskLimitation(limit: limit, used: used, folder: parts.count > 2 ? String(parts[2]) : nil)
    }

    private static func memoryLimitation(_ text: String) -> MemoryLimitation? {
        let numbers = text.split(separator: " ").map { Int64($0) }
        guard let limit = numbers.first ?? nil else { return nil }
        return MemoryLimitation(limit: limit, peak: numbers.dropFirst().first ?? nil)
    }

    private static func limits(_ text: String) -> ResourceLimits {
        let words = text.split(separator: " ")
        guard words.count >= 4 else { return ResourceLimits() }
        let numbers = words.prefix(4).map { Int64($0) }
        var limits = ResourceLimits(cpus: numbers[0], cpuLimit: numbers[1], memoryBytes: numbers[2], pids: numbers[3])
        for word in words.dropFirst(4) {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "burst": limits.cpuBurst = Int64(parts[1])
            case "soft": limits.memorySoftBytes = Int64(parts[1])
            case "swap": limits.swapBytes = Int64(parts[1])
            case "weight": limits.ioWeight = Int64(parts[1])
            case "processors": limits.processors = String(parts[1])
            case "disks": limits.io = parts[1].split(separator: ",").map { DiskLimit(device: String($0)) }
            default: continue
            }
        }
        return limits
    }

    private static func process(_ text: String) -> ContainerProcess? {
        let numbers = text.split(separator: " ")
        guard numbers.count == 2, let pid = Int32(numbers[0]), pid > 0, let ticks = UInt64(numbers[1]) else { return nil }
        return ContainerProcess(pid: pid, startTicks: ticks)
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.popFirst() else {
                result.append(byte)
                continue
            }
            result.append(next == UInt8(ascii: "n") ? UInt8(ascii: "\n") : next)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
