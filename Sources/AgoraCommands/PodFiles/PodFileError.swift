/// A pod file, or a flag that stands for a part of one, that cannot be run: where, and why.
struct PodFileError: Error, Hashable, CustomStringConvertible {
    /// The place in the document, as "spec.containers[0].image"; empty for the document as a whole.
    let path: String
    /// What is wrong there, and what to do.
    let reason: String

    init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
