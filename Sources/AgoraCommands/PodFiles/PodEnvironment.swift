/// `env` of a container.
enum PodEnvironment {
    static func variables(_ value: ManifestValue?) throws(PodFileError) -> [(name: String, value: String)] {
        var variables: [(name: String, value: String)] = []
        for item in try value?.list(atMost: PodFileLimits.values) ?? [] {
            var fields = try ManifestFields(item)
            let name = try fields.require("name")
            let text = try name.nonEmptyText()
            guard !text.contains("=") else { throw name.error("the name of a variable must not contain \"=\"") }
            variables.append((text, try fields.take("value")?.text() ?? ""))
            try fields.finish(unsupported: ["valueFrom": "values from config maps, secrets and fields are"])
        }
        return try expanded(variables)
    }

    /// Replaces `$(NAME)` by the variables before; `$$` stands for one `$`, as in Kubernetes.
    private static func expanded(_ variables: [(name: String, value: String)]) throws(PodFileError) -> [(name: String, value: String)] {
        var known: [String: String] = [:]
        var result: [(name: String, value: String)] = []
        for (name, value) in variables {
            let text = expand(value, known)
            guard text.utf8.count <= PodFileLimits.bytes else {
                throw PodFileError("env \"\(name.clipped)\"", "is longer than \(PodFileLimits.bytes) bytes once $(NAME) is replaced")
            }
            known[name] = text
            result.append((name, text))
        }
        return result
    }

    /// The text with `$(NAME)` replaced where the name is known, and left as it is where not.
    static func expand(_ text: String, _ known: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
            } else if rest.first == "(", let end = rest.firstIndex(of: ")") {
                let name = String(rest[..<end].dropFirst())
                result += known[name] ?? "$(\(name))"
                rest = rest[end...].dropFirst()
            } else {
                result += "$"
            }
        }
        return result + rest
    }
}
