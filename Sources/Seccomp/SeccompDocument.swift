/// A profile as it stands in a file: the JSON of Docker and of Kubernetes nodes.
struct SeccompDocument: Decodable {
    struct ArchitectureMap: Decodable {
        var architecture: String
        var subArchitectures: [String]?
    }

    struct Argument: Decodable {
        var index: Int
        var value: UInt64
        var valueTwo: UInt64?
        var op: String
    }

    struct Condition: Decodable {
        var arches: [String]?
        var caps: [String]?
        var minKernel: String?
    }

    struct Rule: Decodable {
        var names: [String]?
        /// The older form, for one call.
        var name: String?
        var action: String
        var errnoRet: Int?
        var args: [Argument]?
        var includes: Condition?
        var excludes: Condition?
    }

    var defaultAction: String
    var defaultErrnoRet: Int?
    var architectures: [String]?
    var archMap: [ArchitectureMap]?
    var syscalls: [Rule]?
}
