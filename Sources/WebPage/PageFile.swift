import CWebPage
import NIOCore

/// One file of the web page, as it is sent.
struct PageFile: Sendable {
    /// Below the folder of the page's files, such as `view/table.js`.
    let path: String
    let contentType: String
    let body: ByteBuffer
    /// Changes when the file does. Weak, since it is sent compressed and as it is (RFC 9110, section 8.8.1).
    let tag: String

    private init(_ file: web_page_file) {
        path = String(cString: file.path)
        let bytes = UnsafeBufferPointer(start: file.bytes, count: file.count)
        body = ByteBuffer(bytes: bytes)
        contentType = Self.contentType(of: path)
        tag = "W/\"\(String(Self.hash(bytes), radix: 16))\""
    }

    /// All files, by path.
    static let all: [String: PageFile] = {
        var count = 0
        guard let files = web_page_files(&count) else { return [:] }
        let list = UnsafeBufferPointer(start: files, count: count).map(PageFile.init)
        return Dictionary(list.map { ($0.path, $0) }) { first, _ in first }
    }()

    /// Browsers run no script and take no style of another type than these.
    private static func contentType(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }

    /// FNV-1a with 64 bits: it tells versions of a file apart, nothing more.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
