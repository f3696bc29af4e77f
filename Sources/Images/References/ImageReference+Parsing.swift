extension ImageReference {
    /// Reads an image's name by Docker's rules, or one of the forms `oci:` and `docker-archive:`.
    ///
    /// - Throws: ``ImageError`` with code `invalidReference` or `unsupported` that names the wrong piece.
    public init(parsing text: String) throws(ImageError) {
        guard text.utf8.count <= ReferenceRules.referenceBytes else {
            throw ReferenceRules.invalid(text, "it is longer than \(ReferenceRules.referenceBytes) bytes")
        }
        if let rest = text.droppingPrefix("oci:") {
            let (path, tag) = try Self.splitPath(rest, in: text)
            self.init(location: .layout(path: path, tag: tag))
        } else if let rest = text.droppingPrefix("docker-archive:") {
            let (path, reference) = try Self.splitPath(rest, in: text)
            let canonical: String?
            if let reference { canonical = try RegistryImage(parsing: reference).description } else { canonical = nil }
            self.init(location: .dockerArchive(path: path, reference: canonical))
        } else {
            self.init(location: .registry(try RegistryImage(parsing: text.droppingPrefix("docker://") ?? text)))
        }
    }

    /// `/path[:name]`: as in skopeo, the first colon ends the path.
    private static func splitPath(_ rest: String, in text: String) throws(ImageError) -> (path: String, name: String?) {
        let pieces = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(pieces.first ?? "")
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw ReferenceRules.invalid(text, "the path \(quoted(path)) is not absolute")
        }
        guard pieces.count == 2 else { return (path, nil) }
        let name = String(pieces[1])
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw ReferenceRules.invalid(text, "the name \(quoted(name)) after the path is empty or has a character that no tag has")
        }
        return (path, name)
    }
}

extension RegistryImage {
    /// `[registry/]repository[:tag][@digest]`, with Docker's defaults (`docker.io`, `library/`, `latest`).
    init(parsing text: String) throws(ImageError) {
        var rest = text[...]
        var digest: ImageDigest?
        if let at = rest.firstIndex(of: "@") {
            do throws(ImageError) {
                digest = try ImageDigest(validating: rest[rest.index(after: at)...])
            } catch {
                throw ImageError(error.code, "image reference \(quoted(text)): \(error.reason)")
            }
            rest = rest[..<at]
        }
        var tag: String?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            tag = try ReferenceRules.checkedTag(rest[rest.index(after: colon)...], in: text)
            rest = rest[..<colon]
        }
        let (registry, repository) = try Self.splitName(rest, in: text)
        self.init(registry: registry, repository: repository, tag: tag ?? (digest == nil ? "latest" : nil), digest: digest)
    }

    /// The first component is a registry if it has a dot, a colon or a capital letter, or is `localhost` (Docker's rule).
    private static func splitName(_ name: Substring, in text: String) throws(ImageError) -> (registry: String, repository: String) {
        guard !name.isEmpty else { throw ReferenceRules.invalid(text, "it names no repository") }
        guard name.utf8.count <= ReferenceRules.nameBytes else {
            throw ReferenceRules.invalid(text, "registry and repository are longer than \(ReferenceRules.nameBytes) bytes")
        }
        var registry = "docker.io"
        var repository = String(name)
        if let slash = name.firstIndex(of: "/") {
            let first = name[..<slash]
            if first.contains(where: { $0 == "." || $0 == ":" }) || first == "localhost" || first.lowercased() != first {
                registry = try ReferenceRules.checkedRegistry(first, in: text)
                repository = String(name[name.index(after: slash)...])
            }
        }
        if registry == "index.docker.io" { registry = "docker.io" }
        if registry == "docker.io", !repository.contains("/") {
            guard !(repository.utf8.count == 64 && repository.utf8.allSatisfy(ReferenceRules.isLowerHex)) else {
                throw ReferenceRules.invalid(text, "64 hexadecimal digits are an image's id, not a repository's name")
            }
            repository = "library/" + repository
        }
        try ReferenceRules.checkRepository(repository, in: text)
        return (registry, repository)
    }
}

extension String {
    func droppingPrefix(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
