import MesosMessages

/// A secret of a message, given by its value: there is nobody who could resolve a reference.
enum SecretValue {
    /// As long as Kubernetes lets one be.
    static let mostBytes = 1 << 20

    /// - Parameter field: where the secret stands.
    static func bytes(of secret: Mesos_V1_Secret, _ field: String) throws(LaunchRefusal) -> [UInt8] {
        guard secret.type != .reference, !secret.hasReference else {
            throw LaunchRefusal("\(field).reference: nothing here can resolve it; give the secret by its value (type VALUE)")
        }
        guard secret.type == .value else { throw LaunchRefusal("\(field).type: must be VALUE") }
        guard secret.hasValue else { throw LaunchRefusal("\(field).value: is missing") }
        guard secret.value.data.count <= mostBytes else {
            throw LaunchRefusal("\(field).value: has \(secret.value.data.count) bytes; at most \(mostBytes) are taken")
        }
        return [UInt8](secret.value.data)
    }

    /// A secret that a variable can hold.
    static func text(of secret: Mesos_V1_Secret, _ field: String) throws(LaunchRefusal) -> String {
        let bytes = try bytes(of: secret, field)
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw LaunchRefusal("\(field).value: is no text without NUL, as a variable must be; use a volume of type SECRET")
        }
        return text
    }
}
