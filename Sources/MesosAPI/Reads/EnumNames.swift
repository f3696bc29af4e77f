public import SwiftProtobuf

extension SwiftProtobuf.Enum {
    /// The value's name in the .proto file, as Mesos's JSON shows it: TASK_RUNNING for `taskRunning`.
    ///
    /// Only for enums whose values do not repeat the enum's own name: Swift drops that prefix.
    public var name: String {
        var name = ""
        for character in "\(self)" {
            if character.isUppercase { name.append("_") }
            name += character.uppercased()
        }
        return name
    }
}
