public import SwiftProtobuf
import Synchronization

extension SwiftProtobuf.Enum {
    /// The value's name in the .proto file, as Mesos's JSON shows it: TASK_RUNNING for `taskRunning`.
    ///
    /// Only for enums whose values do not repeat the enum's own name: Swift drops that prefix.
    public var name: String {
        let key = EnumValue(type: ObjectIdentifier(Self.self), number: rawValue)
        if let known = knownNames.withLock({ $0[key] }) { return known }
        let name = spelledOut
        knownNames.withLock { $0[key] = name }
        return name
    }

    private var spelledOut: String {
        var name = ""
        for character in "\(self)" {
            if character.isUppercase { name.append("_") }
            name += character.uppercased()
        }
        return name
    }
}

private struct EnumValue: Hashable {
    let type: ObjectIdentifier
    let number: Int
}

/// A large read asks for tens of thousands of names. They are not many: an enum of proto2 has no values but its own.
private let knownNames = Mutex<[EnumValue: String]>([:])
