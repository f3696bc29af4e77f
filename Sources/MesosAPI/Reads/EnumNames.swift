public import SwiftProtobuf

extension SwiftProtobuf.Enum {
    /// The value's name in the .proto file, as Mesos's JSON shows it.
    public var name: String {
        "\(self)"
    }
}
