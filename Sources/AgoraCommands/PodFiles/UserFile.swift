import Foundation

/// A file that a user names.
enum UserFile {
    /// - Parameters:
    ///   - path: the file; "-" for standard input.
    ///   - limit: bytes that it may have: it may be endless.
    static func text(of path: String, limit: Int) throws(PodFileError) -> String {
        let bytes: Data
        do {
            bytes = try path == "-" ? limited(.standardInput, limit) : contents(path, limit)
        } catch let error as PodFileError {
            throw error
        } catch {
            throw PodFileError("", "cannot be read: \((error as NSError).localizedFailureReason ?? "\(error)")")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw PodFileError("", "the file is not UTF-8 text") }
        return text
    }

    private static func contents(_ path: String, _ limit: Int) throws -> Data {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw PodFileError("", "there is no such file") }
        guard !isFolder.boolValue else { throw PodFileError("", "is a folder; name a file") }
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        return try limited(file, limit)
    }

    private static func limited(_ file: FileHandle, _ limit: Int) throws -> Data {
        var bytes = Data()
        while let more = try file.read(upToCount: 64 * 1024), !more.isEmpty {
            bytes += more
            guard bytes.count <= limit else { throw PodFileError("", "the file is larger than \(limit) bytes, the most that is read") }
        }
        return bytes
    }
}
