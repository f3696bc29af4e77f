/// Why a container, task or group cannot be launched as asked: the request is wrong, or asks for what this agent lacks.
public struct LaunchRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field, what is wrong with it, what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A feature that this version has not.
    static func unsupported(_ field: String, _ feature: String) -> LaunchRefusal {
        LaunchRefusal("\(field): \(feature) not supported by this version of Agora; leave the field out")
    }
}
