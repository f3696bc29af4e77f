import Testing

@testable import Images

/// Makes an image layout with umoci: Debian's static busybox below, a layer with a whiteout above.
///
/// - Returns: the layout's path; the image's tag is `test`.
func makeBusyboxLayout(in scratch: String) async throws -> String {
    let layout = "\(scratch)/layout"
    let image = "\(layout):test"
    let busybox = try contents("/bin/busybox")
    var lower: [TarEntry] = [.folder("bin"), .folder("tmp", mode: 0o1777), .file("etc/old", "old")]
    lower.append(TarEntry(name: Array("bin/busybox".utf8), mode: 0o755, contents: busybox))
    lower += ["sh", "cat", "ls"].map { .hardLink("bin/\($0)", to: "bin/busybox") }
    try write(try await tar(lower), to: "\(scratch)/lower.tar")
    try write(try await tar([.file("etc/.wh.old"), .file("etc/motd", "welcome")]), to: "\(scratch)/upper.tar")
    try await run("umoci", "init", "--layout", layout)
    try await run("umoci", "new", "--image", image)
    try await run("umoci", "raw", "add-layer", "--image", image, "\(scratch)/lower.tar")
    try await run("umoci", "raw", "add-layer", "--image", image, "\(scratch)/upper.tar")
    let settings = [
        ("os", "linux"), ("architecture", ImagePlatform.current.architecture), ("config.entrypoint", "/bin/sh"),
        ("config.cmd", "-c"), ("config.cmd", "cat /etc/motd"), ("config.env", "A=1"), ("config.env", "B=two words"),
        ("config.workingdir", "/tmp"), ("config.user", "1000:1000"), ("config.exposedports", "80/tcp"),
        ("config.stopsignal", "SIGINT"), ("config.label", "team=agora"),
    ]
    try await run(["umoci", "config", "--image", image] + settings.flatMap { ["--\($0)", $1] })
    return layout
}

/// Compares a pulled image with what `makeBusyboxLayout` made.
func expectBusybox(_ image: Image) throws {
    #expect(image.configuration.entrypoint == ["/bin/sh"])
    #expect(image.configuration.command == ["-c", "cat /etc/motd"])
    #expect(image.configuration.environment.contains("B=two words"))
    #expect(image.configuration.workingDirectory == "/tmp")
    #expect(image.configuration.user == "1000:1000")
    #expect(image.configuration.stopSignal == "SIGINT")
    #expect(image.configuration.exposedPorts == ["80/tcp"])
    #expect(image.configuration.labels["team"] == "agora")
    try #require(image.layers.count == 2)
    #expect(try contents("\(image.layers[0])/bin/sh") == contents("/bin/busybox"))
    #expect(Node("\(image.layers[0])/bin/sh") == Node("\(image.layers[0])/bin/busybox"))
    #expect(Node("\(image.layers[0])/tmp")?.mode == 0o1777)
    #expect(try text("\(image.layers[1])/etc/motd") == "welcome")
    #expect(Node("\(image.layers[1])/etc/old")?.isWhiteout == true)
}

/// Copies an image by skopeo, which knows all the forms.
func copyImage(from source: String, to target: String, _ options: String...) async throws {
    let command = ["skopeo", "--insecure-policy", "copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false"]
    try await run(command + options + [source, target])
}
