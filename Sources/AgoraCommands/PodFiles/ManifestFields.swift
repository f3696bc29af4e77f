/// A map that is read field by field; what is left at the end was not understood, and says so.
struct ManifestFields {
    let path: String
    private var remaining: [(name: String, value: ManifestValue)]
    /// Every name that was asked for, to suggest one for a name that was mistyped.
    private var known: [String] = []

    init(_ value: ManifestValue) throws(PodFileError) {
        guard case .fields(let fields) = value.content else {
            throw value.error(
                value.path.isEmpty ? "must be a map with apiVersion, kind, metadata and spec" : "must be a map, is \(value.kind)"
            )
        }
        path = value.path
        remaining = fields
    }

    /// The field's value, or nothing if it is absent or null.
    mutating func take(_ name: String) -> ManifestValue? {
        known.append(name)
        guard let index = remaining.firstIndex(where: { $0.name == name }) else { return nil }
        let value = remaining.remove(at: index).value
        if case .null = value.content { return nil }
        return value
    }

    /// The field's value, which must be there.
    mutating func require(_ name: String) throws(PodFileError) -> ManifestValue {
        guard let value = take(name) else { throw PodFileError(path.isEmpty ? name : "\(path).\(name)", "is missing") }
        return value
    }

    /// Refuses what was not read: fields that Kubernetes has and Agora has not, by `unsupported`, where the reason reads
    /// as "probes are"; and names that nobody knows. Fields that say nothing (null, false, empty) may stay.
    func finish(unsupported: [String: String]) throws(PodFileError) {
        for field in remaining {
            if let subject = unsupported[field.name] {
                guard !field.value.saysNothing else { continue }
                throw field.value.error("\(subject) not supported yet; leave the field out")
            }
            let near = Nearest.names(to: field.name, among: known + unsupported.keys).first
            throw field.value.error("there is no such field" + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
        }
    }
}
