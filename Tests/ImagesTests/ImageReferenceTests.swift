import Testing

@testable import Images

@Suite struct ImageReferenceTests {
    private static let hex = String(repeating: "0123456789abcdef", count: 4)

    @Test(arguments: [
        ("busybox", "docker.io/library/busybox:latest"),
        ("busybox:1.35", "docker.io/library/busybox:1.35"),
        ("team/tool", "docker.io/team/tool:latest"),
        ("docker.io/busybox", "docker.io/library/busybox:latest"),
        ("index.docker.io/team/tool:v1", "docker.io/team/tool:v1"),
        ("docker://quay.io/a/b/c:x", "quay.io/a/b/c:x"),
        ("localhost/tool", "localhost/tool:latest"),
        ("localhost:5000/tool", "localhost:5000/tool:latest"),
        ("host:5000/x/y:tag@sha256:\(hex)", "host:5000/x/y:tag@sha256:\(hex)"),
        ("busybox@sha256:\(hex)", "docker.io/library/busybox@sha256:\(hex)"),
        ("[::1]:5000/tool", "[::1]:5000/tool:latest"),
        ("127.0.0.1:5000/a__b/c-d.e---f:_1.2-3", "127.0.0.1:5000/a__b/c-d.e---f:_1.2-3"),
        ("Registry/tool", "registry/tool:latest"),
        ("oci:/srv/layout", "oci:/srv/layout"),
        ("oci:/srv/layout:docker.io/a/b:1", "oci:/srv/layout:docker.io/a/b:1"),
        ("docker-archive:/srv/a.tar", "docker-archive:/srv/a.tar"),
        ("docker-archive:/srv/a.tar:busybox", "docker-archive:/srv/a.tar:docker.io/library/busybox:latest"),
    ])
    func `names are completed by Docker's rules`(text: String, full: String) throws {
        #expect(try ImageReference(parsing: text).description == full)
    }

    @Test(arguments: [
        ("", "no repository"),
        (":tag", "no repository"),
        ("Busybox", "lower-case"),
        ("team/Tool", "lower-case"),
        ("a//b", "empty component"),
        ("a/", "empty component"),
        ("/a", "empty component"),
        ("-a", "lower-case"),
        ("a-", "lower-case"),
        ("a..b", "lower-case"),
        ("a___b", "lower-case"),
        ("../etc/passwd", "registry"),
        ("a/../b", "lower-case"),
        ("bus box", "lower-case"),
        ("bus\nbox", "lower-case"),
        ("busybox\u{0}", "lower-case"),
        ("büsybox", "lower-case"),
        ("busybox:", "0 bytes"),
        ("busybox:-1", "position 1"),
        ("busybox:a b", "position 2"),
        ("busybox:\(String(repeating: "t", count: 129))", "129 bytes"),
        (String(repeating: "a", count: 256), "longer than 255"),
        (String(repeating: "a", count: 100_000), "longer than"),
        (hex, "an image's id"),
        ("host:0/a", "port"),
        ("host:65536/a", "port"),
        ("host:5x/a", "port"),
        ("host.:5/a", "host name"),
        ("ho st.com/a", "host name"),
        ("busybox@", "no algorithm"),
        ("busybox@sha256:12", "64"),
        ("busybox@sha256:\(hex.uppercased())", "64"),
        ("busybox@sha512:\(hex)", "sha256"),
        ("oci:relative", "not absolute"),
        ("oci:", "not absolute"),
        ("oci:/a:", "empty"),
        ("docker-archive:/a:B", "lower-case"),
    ])
    func `a wrong name is refused and the piece named`(text: String, reason: String) {
        #expect {
            _ = try ImageReference(parsing: text)
        } throws: { error in
            guard let error = error as? ImageError else { return false }
            return error.reason.contains(reason) && error.reason.utf8.count < 700 && !error.reason.contains("\n")
        }
    }
}
