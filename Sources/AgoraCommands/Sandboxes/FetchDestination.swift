import Foundation
import LinuxKernel

/// Where on this machine something is fetched to: a name in a folder that is there.
struct FetchDestination: CustomStringConvertible {
    let folder: Folder
    let name: String

    var description: String { "\(folder.path)/\(name)" }

    /// - Parameters:
    ///   - text: as the user wrote it: a folder that is there, or a new name; nothing: here.
    ///   - name: what it is called where it comes from.
    init(_ text: String?, name: String) throws {
        guard let text else {
            (folder, self.name) = (try Folder.open("."), name)
            return
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: text, isDirectory: &isFolder), isFolder.boolValue {
            (folder, self.name) = (try Folder.open(text), name)
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last, !last.isEmpty, let chosen = SandboxEntry.name(of: String(last)) else {
            throw SandboxError("there is no folder \"\(text.clipped)\" to fetch into; make it first, or name a file")
        }
        let above = parts.dropLast().joined(separator: "/")
        (folder, self.name) = (try Folder.open(parts.count == 1 ? "." : above.isEmpty ? "/" : above), chosen)
    }
}
