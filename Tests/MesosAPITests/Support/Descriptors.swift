import Foundation
import MesosMessages
import SwiftProtobuf
import Testing

/// The descriptors that were compiled into the messages, by full name.
struct Descriptors {
    private(set) var messages: [String: Google_Protobuf_DescriptorProto] = [:]
    private(set) var enums: [String: Google_Protobuf_EnumDescriptorProto] = [:]
    /// The package of each message and enum.
    private(set) var packages: [String: String] = [:]

    init() throws {
        let data = try #require(Data(base64Encoded: messageDescriptors))
        for file in try Google_Protobuf_FileDescriptorSet(serializedBytes: data).file {
            for descriptor in file.enumType { add(descriptor, in: file.package, package: file.package) }
            for descriptor in file.messageType { add(descriptor, in: file.package, package: file.package) }
        }
    }

    private mutating func add(_ descriptor: Google_Protobuf_DescriptorProto, in scope: String, package: String) {
        let name = "\(scope).\(descriptor.name)"
        messages[name] = descriptor
        packages[name] = package
        for nested in descriptor.enumType { add(nested, in: name, package: package) }
        for nested in descriptor.nestedType { add(nested, in: name, package: package) }
    }

    private mutating func add(_ descriptor: Google_Protobuf_EnumDescriptorProto, in scope: String, package: String) {
        enums["\(scope).\(descriptor.name)"] = descriptor
        packages["\(scope).\(descriptor.name)"] = package
    }
}
