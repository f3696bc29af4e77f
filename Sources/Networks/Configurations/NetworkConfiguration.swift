/// A network as a file describes it: a name, a version of the specification, and plugins that are called one after the
/// other. See the CNI specification, "Network configuration format".
struct NetworkConfiguration: Hashable, Sendable {
    /// By which containers ask for it.
    var name: String
    /// The version that plugins are spoken to in.
    var version: CNIVersion
    /// What each plugin is told, in the order of ADD.
    var plugins: [JSONValue]
    /// Whether plugins are not to be asked how a container's interface is (`disableCheck`).
    var isUnchecked: Bool

    /// The network of that name unless a file describes another: a loopback interface and nothing else, for which no plugin is
    /// needed.
    static let none = NetworkConfiguration(name: "none", version: .v100, plugins: [])

    private init(name: String, version: CNIVersion, plugins: [JSONValue]) {
        isUnchecked = true
        self.name = name
        self.version = version
        self.plugins = plugins
    }

    /// The most plugins of one network.
    static let maximumPlugins = 32

    /// Reads the content of a file.
    ///
    /// - Parameter isList: whether the file describes a list of plugins (`.conflist`), not a single one.
    /// - Throws: what is wrong with it, by field.
    init(parsing bytes: [UInt8], isList: Bool) throws(NetworkError) {
        guard let value = JSONValue(parsing: bytes), value.object != nil else { throw NetworkError("it is not a JSON object") }
        name = try Self.name(value)
        version = try CNIVersion(value["cniVersion"])
        isUnchecked = value["disableCheck"] == .bool(true)
        if isList {
            guard let list = value["plugins"]?.array else { throw NetworkError("plugins: missing; a .conflist names its plugins there") }
            plugins = list
        } else {
            plugins = [value]
        }
        guard (1...Self.maximumPlugins).contains(plugins.count) else {
            throw NetworkError("plugins: there must be 1 to \(Self.maximumPlugins), are \(plugins.count)")
        }
        for plugin in plugins { _ = try Self.type(plugin) }
    }

    private static func name(_ value: JSONValue) throws(NetworkError) -> String {
        guard let name = value["name"]?.string else { throw NetworkError("name: missing") }
        guard isName(name) else {
            throw NetworkError("name: must begin with a letter or digit, with \"_\", \".\" and \"-\" besides, is \(quoted(name))")
        }
        return name
    }

    /// Which program a plugin is: a name without a folder, so that only programs of the plugins' folders are run.
    static func type(_ plugin: JSONValue) throws(NetworkError) -> String {
        guard let type = plugin["type"]?.string else { throw NetworkError("type: missing in a plugin; it names the program") }
        guard isName(type) else { throw NetworkError("type: must be a name without a folder, is \(quoted(type))") }
        return type
    }

    /// As the specification wants it of names: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`.
    static func isName(_ text: String) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: false
            }
        }
        guard let first = text.utf8.first, isPlain(first), text.utf8.count <= 128 else { return false }
        return text.utf8.allSatisfy { isPlain($0) || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")].contains($0) }
    }

    /// Whether any of its plugins says that it can do something, as "portMappings".
    func has(capability: String) -> Bool { plugins.contains { Self.plugin($0, has: capability) } }

    static func plugin(_ plugin: JSONValue, has capability: String) -> Bool {
        plugin["capabilities"]?[capability] == .bool(true)
    }
}

/// A version of the CNI specification.
enum CNIVersion: String, Codable, CaseIterable, Sendable {
    case v010 = "0.1.0"
    case v020 = "0.2.0"
    case v030 = "0.3.0"
    case v031 = "0.3.1"
    case v040 = "0.4.0"
    case v100 = "1.0.0"

    /// Reads the field of a configuration or result. One that is missing means the oldest.
    init(_ field: JSONValue?) throws(NetworkError) {
        guard let field else {
            self = .v010
            return
        }
        guard let version = field.string.flatMap({ CNIVersion(rawValue: $0) }) else {
            let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw NetworkError("cniVersion: must be one of \(known), is \(quoted(field.string ?? "no text"))")
        }
        self = version
    }

    /// Whether a plugin is given what those before it have made.
    var hasPreviousResult: Bool { self != .v010 && self != .v020 }
    /// Whether it knows CHECK.
    var hasChecks: Bool { self == .v040 || self == .v100 }
    /// Whether it is given that at DEL, too.
    var hasPreviousResultAtRemoval: Bool { self == .v040 || self == .v100 }
}
