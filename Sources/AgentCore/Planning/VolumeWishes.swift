import MesosMessages

/// What labels say of volumes that Mesos has no message for.
///
/// | label | of | value |
/// |---|---|---|
/// | `agora.volume` | an executor of groups | a folder `volumes/NAME` of its sandbox, into which all users may write: `NAME`, and separated by commas `memory`, `size=BYTES` |
/// | `agora.tmpfs` | a task | a file system in memory of its own: `PATH`, or `PATH,size=BYTES` |
///
/// Both may stand there several times.
struct VolumeWishes {
    /// File systems in memory.
    var memory: [ContainerVolume] = []
    /// Folders on the disk.
    var folders: [SharedFolder] = []

    private static let most = 100
    private static let longestName = 63

    /// The volumes that the tasks of an executor share.
    init(ofExecutor labels: Mesos_V1_Labels) throws(LaunchRefusal) {
        for label in labels.labels where label.key == "agora.volume" {
            var words = Words(label)
            let name = try words.name()
            guard !name.isEmpty, name.utf8.count <= Self.longestName, !name.contains("/"), name != ".", name != "..", !name.contains("\0")
            else {
                throw words.refusal("must begin with a name of 1 to \(Self.longestName) letters without \"/\"")
            }
            let path = "volumes/\(name)"
            let isTaken = folders.contains { $0.path == path } || memory.contains { $0.containerPath == path }
            guard !isTaken else { throw words.refusal("is there twice; names must differ") }
            let inMemory = words.takeWord("memory")
            let bytes = try words.takeSize()
            try words.finish()
            if inMemory { add(path, bytes) } else { folders.append(SharedFolder(path: path, limitBytes: bytes)) }
        }
        try check("agora.volume")
    }

    /// What a task has for itself.
    init(ofTask labels: Mesos_V1_Labels) throws(LaunchRefusal) {
        for label in labels.labels where label.key == "agora.tmpfs" {
            var words = Words(label)
            let path = try words.name()
            guard !path.isEmpty, path.contains(where: { $0 != "/" }), !path.split(separator: "/").contains(".."), !path.contains("\0")
            else {
                throw words.refusal("must begin with a path that is not the root and has no \"..\"")
            }
            add(path, try words.takeSize())
            try words.finish()
        }
        try check("agora.tmpfs")
    }

    private mutating func add(_ path: String, _ bytes: Int64?) {
        memory.append(ContainerVolume(source: .memory(bytes: bytes), containerPath: path, isReadOnly: false))
    }

    private func check(_ label: String) throws(LaunchRefusal) {
        guard memory.count + folders.count <= Self.most else { throw LaunchRefusal("labels.\(label): at most \(Self.most) are taken") }
    }

    /// The parts of a label's value.
    private struct Words {
        let label: Mesos_V1_Label
        var rest: ArraySlice<Substring>

        init(_ label: Mesos_V1_Label) {
            self.label = label
            rest = label.value.split(separator: ",", omittingEmptySubsequences: false)[...]
        }

        mutating func name() throws(LaunchRefusal) -> String { String(rest.popFirst() ?? "") }

        mutating func takeWord(_ word: String) -> Bool {
            guard rest.first.map({ $0 == word }) == true else { return false }
            rest.removeFirst()
            return true
        }

        mutating func takeSize() throws(LaunchRefusal) -> Int64? {
            guard let word = rest.first, word.hasPrefix("size=") else { return nil }
            rest.removeFirst()
            guard let bytes = Int64(word.dropFirst("size=".count)), bytes > 0 else {
                throw refusal("size must be a number of bytes above 0")
            }
            return bytes
        }

        func finish() throws(LaunchRefusal) {
            guard let word = rest.first else { return }
            throw refusal("\"\(word.prefix(40))\" means nothing there")
        }

        func refusal(_ words: String) -> LaunchRefusal {
            LaunchRefusal("labels.\(label.key): \"\(label.value.prefix(100))\": \(words)")
        }
    }
}

/// A folder in the sandbox of a container, into which all users of the containers inside may write.
public struct SharedFolder: Sendable, Hashable {
    /// Relative to the sandbox.
    public var path: String
    /// What may be in it, in bytes; nothing: as much as there is.
    public var limitBytes: Int64?
}
