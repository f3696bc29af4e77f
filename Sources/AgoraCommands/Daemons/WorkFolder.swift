import Foundation

/// A folder for a daemon's files: one that the user names and keeps, or one that is gone afterwards.
struct WorkFolder {
    let path: String
    private let isTemporary: Bool

    /// - Parameter given: the user's choice; nothing for a temporary one.
    init(_ given: String?) throws {
        let text =
            given ?? FileManager.default.temporaryDirectory.appending(path: "agora-local-\(UUID().uuidString.prefix(8).lowercased())").path
        path = URL(fileURLWithPath: text).standardizedFileURL.path
        isTemporary = given == nil
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        } catch {
            throw LocalError("the work folder \(path) cannot be made: \((error as NSError).localizedFailureReason ?? "\(error)")")
        }
    }

    /// Removes a temporary folder, unless something is still mounted below: then its content may be the machine's own files.
    func remove() async {
        guard isTemporary else { return }
        guard !hasMounts else {
            await Terminal.note("\(path) is kept, since something is still mounted below it; see /proc/mounts")
            return
        }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            await Terminal.note("\(path) could not be removed: \((error as NSError).localizedFailureReason ?? "\(error)")")
        }
    }

    private var hasMounts: Bool {
        // See proc(5), /proc/pid/mountinfo: the fifth field is where something is mounted.
        guard let table = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return true }
        return table.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 4 && (fields[4] == path || fields[4].hasPrefix("\(path)/"))
        }
    }
}
