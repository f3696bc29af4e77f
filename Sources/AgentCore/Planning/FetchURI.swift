import MesosMessages

/// A file to bring into a container's sandbox before its program starts.
public struct FetchURI: Sendable, Hashable {
    /// `http://…`, `https://…`, `file:///…` or an absolute path of the machine.
    public var value: String
    /// Whether it becomes a program, and is not unpacked.
    public var isExecutable: Bool
    /// Whether it is unpacked if its name says that it is an archive.
    public var extracts: Bool
    /// Whether the agent keeps a copy for other tasks.
    public var isCached: Bool
    /// Its path in the sandbox; nothing: the last part of the value.
    public var outputFile: String?

    /// More of them are refused.
    static let maximumCount = 1000

    init(_ uri: Mesos_V1_CommandInfo.URI, at field: String) throws(LaunchRefusal) {
        value = uri.value
        isExecutable = uri.executable
        extracts = uri.extract
        isCached = uri.cache
        outputFile = uri.hasOutputFile ? uri.outputFile : nil
        try Self.checkScheme(of: value, at: field)
        guard let outputFile else { return }
        let isPlain = !outputFile.hasPrefix("/") && !outputFile.hasSuffix("/") && !outputFile.contains("\0")
        let parts = outputFile.split(separator: "/")
        guard isPlain, !parts.contains(".."), parts.contains(where: { $0 != "." }) else {
            throw LaunchRefusal("\(field).output_file: must be a path in the sandbox, relative and without \"..\", is \"\(outputFile)\"")
        }
    }

    /// All of a command's.
    static func list(_ command: Mesos_V1_CommandInfo) throws(LaunchRefusal) -> [FetchURI] {
        guard command.uris.count <= maximumCount else {
            throw LaunchRefusal("command.uris: has \(command.uris.count) files; \(maximumCount) are allowed")
        }
        var list: [FetchURI] = []
        for (index, uri) in command.uris.enumerated() { list.append(try FetchURI(uri, at: "command.uris[\(index)]")) }
        return list
    }

    private static func checkScheme(of value: String, at field: String) throws(LaunchRefusal) {
        if value.hasPrefix("/") { return }
        let scheme = value.prefix { $0 != ":" }
        guard scheme.endIndex != value.endIndex, value[scheme.endIndex...].hasPrefix("://") else {
            throw LaunchRefusal("\(field).value: must be http://…, https://…, file:///… or an absolute path of the agent's machine")
        }
        guard ["http", "https", "file"].contains(scheme.lowercased()) else {
            throw LaunchRefusal(
                "\(field).value: the scheme \"\(scheme.prefix(32))\" is not supported; http, https, file and absolute paths are"
            )
        }
    }
}
