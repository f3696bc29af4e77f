import Crypto
import Foundation

/// Images of one layer that no honest tool would write, as the tar file of `docker save`.
enum TestImage {
    /// Writes the image into the folder.
    ///
    /// - Parameter diffID: the layer's digest in hexadecimal as the image claims it; the true one if nil.
    /// - Returns: what `--image` takes.
    static func write(_ entries: [TarEntry], diffID: String? = nil, to folder: URL) throws -> String {
        let layer = TarEntry.tar(entries)
        let digest = diffID ?? SHA256.hash(data: layer).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let configuration = """
            {"architecture":"\(architecture)","os":"linux","config":{"Cmd":["/bin/sh"]},
             "rootfs":{"type":"layers","diff_ids":["sha256:\(digest)"]}}
            """
        let manifest = #"[{"Config":"config.json","RepoTags":["test:latest"],"Layers":["layer.tar"]}]"#
        let archive = TarEntry.tar([
            .file("manifest.json", manifest), .file("config.json", configuration), .file("layer.tar", layer),
        ])
        let file = folder.appending(path: "image.tar")
        try archive.write(to: file)
        return "docker-archive:\(file.path)"
    }

    #if arch(arm64)
    private static let architecture = "arm64"
    #else
    private static let architecture = "amd64"
    #endif
}

/// One entry of a tar file, with any name at all.
struct TarEntry {
    private let name: String
    private let mode: Int
    private let content: Data
    private let target: String?

    static func file(_ name: String, _ text: String) -> TarEntry { file(name, Data(text.utf8)) }

    static func file(_ name: String, _ content: Data, mode: Int = 0o644) -> TarEntry {
        TarEntry(name: name, mode: mode, content: content, target: nil)
    }

    static func link(_ name: String, to target: String) -> TarEntry {
        TarEntry(name: name, mode: 0o777, content: Data(), target: target)
    }

    /// The entries as a tar file in POSIX's ustar format; names and targets have up to 100 bytes. See tar(5).
    static func tar(_ entries: [TarEntry]) -> Data {
        entries.reduce(Data()) { $0 + $1.block } + Data(count: 1024)
    }

    private var block: Data {
        var header = Data(count: 512)
        func put(_ text: String, at place: Int) { header.replaceSubrange(place..<place + text.utf8.count, with: Data(text.utf8)) }
        func octal(_ number: Int, digits: Int) -> String {
            let text = String(number, radix: 8)
            return String(repeating: "0", count: digits - text.count) + text
        }
        put(String(name.prefix(100)), at: 0)
        put(octal(mode, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(content.count, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("        ", at: 148)
        put(target == nil ? "0" : "2", at: 156)
        put(String((target ?? "").prefix(100)), at: 157)
        put("ustar\u{0}00", at: 257)
        put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0}", at: 148)
        return header + content + Data(count: (512 - content.count % 512) % 512)
    }
}
