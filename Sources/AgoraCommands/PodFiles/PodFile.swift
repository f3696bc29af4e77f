import Foundation

/// Reads a pod from a file: a Kubernetes Pod manifest in YAML (or JSON), or a Mesos task group in JSON.
enum PodFile {
    /// - Parameters:
    ///   - path: the file; "-" for standard input.
    ///   - networks: what the pod joins.
    static func read(_ path: String, networks: PodNetworks = .machine) throws(PodFileError) -> PodLaunch {
        try parse(try text(of: path), fileName: path).joining(networks)
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

    private static func text(of path: String) throws(PodFileError) -> String {
        let bytes: Data
        do {
            bytes = try path == "-" ? standardInput() : contents(path)
        } catch let error as PodFileError {
            throw error
        } catch {
            throw PodFileError("", "cannot be read: \((error as NSError).localizedFailureReason ?? "\(error)")")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw PodFileError("", "the file is not UTF-8 text") }
        return text
    }

    private static func contents(_ path: String) throws -> Data {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw PodFileError("", "there is no such file") }
        guard !isFolder.boolValue else { throw PodFileError("", "is a folder; name a file") }
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        return try limited(file)
    }

    private static func standardInput() throws -> Data { try limited(.standardInput) }

    /// All of the file, or an error once it is longer than a pod file may be: it may be endless.
    private static func limited(_ file: FileHandle) throws -> Data {
        var bytes = Data()
        while let more = try file.read(upToCount: 64 * 1024), !more.isEmpty {
            bytes += more
            guard bytes.count <= PodFileLimits.bytes else {
                throw PodFileError("", "the file is larger than \(PodFileLimits.bytes) bytes, which no pod needs")
            }
        }
        return bytes
    }
}
