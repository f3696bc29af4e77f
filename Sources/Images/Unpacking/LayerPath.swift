import Glibc

/// The path of an entry below its archive's root: bytes as the archive has them, `/`-separated, without empty, `.` or `..` components.
///
/// Names are bytes, not text: Linux allows any byte but `/` and NUL, so also a newline, and what is no UTF-8.
package struct LayerPath {
    /// The whole path, NUL-terminated; empty for the root itself.
    package private(set) var bytes: [CChar] = []
    /// Where the last component begins.
    private var nameStart = 0

    /// - Throws: ``ImageError`` with code `unsafeArchive` for `..`, `limitExceeded` for an overlong path.
    ///   A leading `/` is the layer's own root, as in Docker.
    package init(_ entryName: UnsafePointer<CChar>) throws(ImageError) {
        let length = strlen(entryName)
        guard length <= ImageLimits.pathBytes else {
            throw ImageError(.limitExceeded, "the archive has a path of \(length) bytes; \(ImageLimits.pathBytes) are allowed")
        }
        let slash = CChar(bitPattern: UInt8(ascii: "/"))
        let dot = CChar(bitPattern: UInt8(ascii: "."))
        bytes.reserveCapacity(length + 1)
        var start = 0
        while start < length {
            var end = start
            while end < length, entryName[end] != slash { end += 1 }
            let component = UnsafeBufferPointer(start: entryName + start, count: end - start)
            start = end + 1
            if component.isEmpty || (component.count == 1 && component[0] == dot) { continue }
            guard !(component.count == 2 && component[0] == dot && component[1] == dot) else {
                let name = quoted(String(cString: entryName))
                throw ImageError(.unsafeArchive, "the archive has an entry \(name) that leads out of it by '..'")
            }
            if !bytes.isEmpty { bytes.append(slash) }
            nameStart = bytes.count
            bytes.append(contentsOf: component)
        }
        bytes.append(0)
    }

    private init(terminated bytes: [CChar], nameStart: Int) {
        self.bytes = bytes
        self.nameStart = nameStart
    }

    package var isRoot: Bool { bytes.count == 1 }

    /// The last component, NUL-terminated.
    package var name: [CChar] { Array(bytes[nameStart...]) }

    /// The path without its last component, NUL-terminated; empty for an entry at the top.
    package var parent: [CChar] {
        guard nameStart > 0 else { return [0] }
        var parent = Array(bytes[..<nameStart])
        parent[nameStart - 1] = 0
        return parent
    }

    /// The same folder, another last component.
    func replacingName(_ name: [CChar]) -> LayerPath {
        LayerPath(terminated: Array(bytes[..<nameStart]) + name, nameStart: nameStart)
    }

    /// The path as text, as well as it goes.
    var text: String { Images.text(of: bytes) }

    /// The path for a message.
    package var inQuotes: String { quoted(text) }
}
