import Glibc
import LinuxKernel

/// The networks that a folder describes, as it stands at the moment.
struct NetworkCatalog {
    /// A file that cannot be used, and why.
    struct Problem: Hashable {
        var file: String
        var reason: String
    }

    private(set) var networks: [String: NetworkConfiguration] = [:]
    private(set) var problems: [Problem] = []
    private let folder: String

    /// The most files that are looked at.
    static let maximumFiles = 1000
    /// The largest file that is read.
    static let maximumBytes = 1 << 20

    /// Reads the `.conf`, `.conflist` and `.json` files of a folder in the order of their names. No folder, no networks.
    init(reading path: String) {
        folder = path
        let names: [String]
        do {
            names = try Folder.open(path).names()
        } catch {
            if error.code != ENOENT { problems.append(Problem(file: path, reason: "\(error)")) }
            return
        }
        for name in names.sorted().filter(Self.isConfiguration).prefix(Self.maximumFiles) { read(name) }
    }

    private static func isConfiguration(_ name: String) -> Bool {
        [".conf", ".conflist", ".json"].contains { name.hasSuffix($0) }
    }

    private mutating func read(_ name: String) {
        do {
            let file = try Descriptor.open("\(folder)/\(name)", as: nil)
            let bytes = try file.readAll(limit: Self.maximumBytes, describedAs: "\(folder)/\(name)")
            try add(try NetworkConfiguration(parsing: bytes, isList: name.hasSuffix(".conflist")), from: name)
        } catch {
            problems.append(Problem(file: "\(folder)/\(name)", reason: "\(error)"))
        }
    }

    private mutating func add(_ network: NetworkConfiguration, from file: String) throws(NetworkError) {
        guard networks[network.name] == nil else {
            throw NetworkError(
                "name: another file describes a network \(quoted(network.name)), too; the first in the order of their names counts"
            )
        }
        networks[network.name] = network
    }

    /// The network of that name.
    ///
    /// - Throws: which ones there are, and which files are broken.
    func network(_ name: String) throws(NetworkError) -> NetworkConfiguration {
        if let network = networks[name] { return network }
        if name == NetworkConfiguration.none.name { return .none }
        let known = networks.keys.sorted().prefix(50).map { quoted($0) }.joined(separator: ", ")
        let broken = problems.prefix(5).map { "; \($0.file) cannot be used: \($0.reason)" }.joined()
        throw NetworkError(
            "there is no network \(quoted(name)) in \(folder); \(known.isEmpty ? "there are none at all" : "there are: \(known)")\(broken)"
        )
    }
}
