/// Reads a pod from a file: a Kubernetes Pod manifest in YAML (or JSON), or a Mesos task group in JSON.
enum PodFile {
    /// - Parameters:
    ///   - path: the file; "-" for standard input.
    ///   - networks: what the pod joins.
    static func read(_ path: String, networks: PodNetworks = .machine) throws(PodFileError) -> PodLaunch {
        try parse(try UserFile.text(of: path, limit: PodFileLimits.bytes), fileName: path).joining(networks)
    }

    /// - Parameter fileName: where the text comes from; a task group without a name is named after it.
    static func parse(_ text: String, fileName: String) throws(PodFileError) -> PodLaunch {
        guard isTaskGroup(text) else { return try PodManifest.launch(from: try YAMLText.parse(text)) }
        let base = fileName.split(separator: "/").last.map { $0.split(separator: ".").first ?? $0 } ?? ""
        let name = base.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return try TaskGroupFile.launch(from: text, fallbackName: PodNames.isLabel(name) ? name : "pod")
    }

    /// JSON that does not call itself a Kubernetes object.
    private static func isTaskGroup(_ text: String) -> Bool {
        guard text.first(where: { !$0.isWhitespace }) == "{" else { return false }
        return !text.contains("apiVersion")
    }
}
