/// One file to bring into a sandbox, as Mesos's `CommandInfo.URI` says it.
public struct FetchItem: Sendable, Hashable {
    /// `http://…`, `https://…`, `file:///…` or an absolute path of the machine.
    public var uri: String
    /// Whether the file becomes a program; it is not unpacked then.
    public var isExecutable: Bool
    /// Whether it is unpacked into the sandbox if its name says that it is an archive.
    public var extracts: Bool
    /// Whether a copy is kept for other tasks of the same user.
    public var isCached: Bool
    /// Its path in the sandbox, relative; nothing: the last part of the URI.
    public var outputFile: String?

    /// Describes a file.
    public init(uri: String, isExecutable: Bool = false, extracts: Bool = true, isCached: Bool = false, outputFile: String? = nil) {
        self.uri = uri
        self.isExecutable = isExecutable
        self.extracts = extracts
        self.isCached = isCached
        self.outputFile = outputFile
    }
}

/// The files of one container.
public struct FetchRequest: Sendable {
    /// What to bring, in this order.
    public var items: [FetchItem]
    /// The container's folder; made if it is missing.
    public var sandbox: String
    /// The sandbox of the outermost container around it, below which no symbolic link is followed; nothing at the top.
    public var rootSandbox: String?
    /// To whom the files belong: "name", "uid", "name:group" or "uid:gid"; nothing: to this process's own user.
    public var user: String?
    /// Whose /etc/passwd and /etc/group count: the folders of an image's layers, lowest first; empty: the machine's own.
    public var layers: [String]

    /// Describes what a container needs.
    public init(items: [FetchItem], sandbox: String, rootSandbox: String? = nil, user: String? = nil, layers: [String] = []) {
        self.items = items
        self.sandbox = sandbox
        self.rootSandbox = rootSandbox
        self.user = user
        self.layers = layers
    }
}
