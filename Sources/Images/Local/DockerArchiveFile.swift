import Glibc

/// Finds members of a tar file by name, each time from the beginning: libarchive seeks over what is not wanted.
struct DockerArchiveFile: Sendable {
    let path: String

    /// A small member as a whole.
    func document(_ name: String, limit: Int, _ cancellation: CancellationFlag) throws(ImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        try read(name) { (block) throws(ImageError) in
            try cancellation.check()
            guard bytes.count + block.count <= limit else {
                throw ImageError(.limitExceeded, "\(quoted(name)) in \(quoted(path)) is longer than \(limit) bytes, which is the limit")
            }
            bytes.append(contentsOf: block)
        }
        return bytes
    }

    /// Hands a member over block by block. `docker save` stores a layer that occurs twice as a link to the first.
    func read(_ name: String, _ body: (UnsafeRawBufferPointer) throws(ImageError) -> Void) throws(ImageError) {
        var wanted = try name.withLayerPath()
        for _ in 0...ImageLimits.archiveLinks {
            guard let link = try withByteNames({ () throws(ImageError) in try readMember(wanted, body) }) else { return }
            wanted = link
        }
        throw ImageError(.invalidArchive, "\(quoted(name)) in \(quoted(path)) is a link to a link to a link …")
    }

    /// Returns the member this one is a link to, or `nil` when its contents have been read.
    private func readMember(
        _ wanted: LayerPath,
        _ body: (UnsafeRawBufferPointer) throws(ImageError) -> Void
    ) throws(ImageError) -> LayerPath? {
        let file = try FileDescriptor.regularFile(path, missing: .notFound)
        let archive = try ArchiveReader(tar: file)
        while let entry = try archive.next() {
            let member = try entry.path()
            guard member.bytes == wanted.bytes else { continue }
            if let target = entry.hardLink { return try LayerPath(target) }
            if entry.fileType == S_IFLNK, let target = entry.symbolicLink { return try member.resolving(target) }
            guard entry.fileType == S_IFREG else {
                throw ImageError(.invalidArchive, "\(wanted.inQuotes) in \(quoted(path)) is not a file")
            }
            var end: Int64 = 0
            try archive.forEachBlock { (block, offset) throws(ImageError) in
                guard offset == end else {
                    throw ImageError(.unsupported, "\(wanted.inQuotes) in \(quoted(path)) is stored as a sparse file")
                }
                end += Int64(block.count)
                try body(block)
            }
            return nil
        }
        throw ImageError(.notFound, "there is no \(wanted.inQuotes) in \(quoted(path)); it is to be a file that docker save wrote")
    }
}

extension String {
    fileprivate func withLayerPath() throws(ImageError) -> LayerPath {
        try LayerPath(utf8CString.map { $0 })
    }
}

extension LayerPath {
    /// What a link at this place points to, by names alone: within an archive there is nothing else to follow.
    fileprivate func resolving(_ target: UnsafePointer<CChar>) throws(ImageError) -> LayerPath {
        let text = String(cString: target)
        guard !text.hasPrefix("/") else { return try LayerPath(target) }
        var components = Images.text(of: parent).split(separator: "/")
        for component in text.split(separator: "/") where component != "." {
            if component == ".." {
                guard components.popLast() != nil else { throw ImageError(.unsafeArchive, "the link \(inQuotes) leads out of the archive") }
            } else {
                components.append(component)
            }
        }
        return try LayerPath(components.joined(separator: "/").utf8CString.map { $0 })
    }
}
