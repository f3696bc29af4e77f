import MesosMessages

/// A Kubernetes Pod manifest (core/v1), translated into a Mesos task group.
///
/// Every field is either honoured or named in an error: none is dropped in silence. See docs/pods.md for the list.
enum PodManifest {
    /// - Throws: what is wrong or not supported, by the place in the document.
    static func launch(from document: ManifestValue) throws(PodFileError) -> PodLaunch {
        var fields = try ManifestFields(document)
        try check(try fields.require("apiVersion"), is: "v1")
        try check(try fields.require("kind"), is: "Pod")
        let metadata = try PodMetadata(try fields.require("metadata"))
        let spec = try PodSpecification(try fields.require("spec"))
        try fields.finish(unsupported: ["status": "a status is"])
        return PodLaunch(
            name: metadata.name,
            executor: spec.executor(name: metadata.name),
            tasks: try spec.tasks(labels: metadata.labels),
            selector: spec.selector,
            notes: spec.notes,
            network: spec.network
        )
    }

    private static func check(_ value: ManifestValue, is wanted: String) throws(PodFileError) {
        let text = try value.text()
        guard text == wanted else {
            throw value.error("is \"\(text.clipped)\"; `agora run` takes Pods of version v1 (apiVersion: v1, kind: Pod)")
        }
    }
}

/// `metadata` of a Pod.
struct PodMetadata {
    let name: String
    let labels: [(name: String, value: String)]

    init(_ value: ManifestValue) throws(PodFileError) {
        var fields = try ManifestFields(value)
        name = try PodNames.subdomain(try fields.require("name"))
        labels = try fields.take("labels")?.textMap() ?? []
        try fields.finish(unsupported: [
            "annotations": "annotations are", "creationTimestamp": "a creation time is", "deletionGracePeriodSeconds": "deletion is",
            "deletionTimestamp": "deletion is", "finalizers": "finalizers are", "generateName": "generated names are",
            "generation": "generations are", "managedFields": "managed fields are", "namespace": "namespaces are",
            "ownerReferences": "owners are", "resourceVersion": "versions are", "selfLink": "links are", "uid": "given ids are",
        ])
    }
}

/// The rules that Kubernetes has for names.
enum PodNames {
    /// A container's or a volume's name (RFC 1123 label): small letters, digits and "-", at most 63.
    static func label(_ value: ManifestValue) throws(PodFileError) -> String {
        let text = try value.nonEmptyText()
        guard isLabel(text) else {
            throw value.error("\"\(text.clipped)\" must be small letters, digits and \"-\", not at its ends, at most 63 in all")
        }
        return text
    }

    /// A pod's name (RFC 1123 subdomain): labels with "." between them. At most 100 letters, since ids are made from it.
    static func subdomain(_ value: ManifestValue) throws(PodFileError) -> String {
        let text = try value.nonEmptyText()
        guard text.count <= 100, text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ isLabel($0) }) else {
            throw value.error(
                "\"\(text.clipped)\" must be small letters, digits, \"-\" and \".\", letters or digits at the ends, at most 100 in all"
            )
        }
        return text
    }

    static func isLabel(_ text: some StringProtocol) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 63, text.first != "-", text.last != "-" else { return false }
        return text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }
}
