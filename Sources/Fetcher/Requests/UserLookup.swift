import Images
import LinuxKernel

/// Who a user is, by the same rules by which a container's first process looks it up.
struct UserLookup {
    /// Where /etc/passwd and /etc/group are looked for, in this order.
    let roots: [String]

    /// - Parameter layers: an image's, lowest first; empty: the machine's own root.
    init(layers: [String]) {
        roots = layers.isEmpty ? ["/"] : layers.reversed()
    }

    /// - Parameter text: "name", "uid", "name:group" or "uid:gid".
    /// - Throws: ``FetchError`` with code `storage` if there is no such user or group.
    func owner(_ text: String) throws(FetchError) -> FileOwner {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.first, !name.isEmpty, parts.count == 1 || !parts[1].isEmpty else {
            throw FetchError(.storage, "\(quoted(text)) is no user: give a name or number, or both as user:group")
        }
        let (found, foundName) = try user(name)
        var owner = found
        if parts.count > 1 {
            owner.group = try group(parts[1])
        } else if let foundName {
            owner.groups = try groups(of: foundName)
        }
        return owner
    }

    private func user(_ name: String) throws(FetchError) -> (FileOwner, name: String?) {
        let number = Self.number(name)
        for fields in try lines(of: "etc/passwd") {
            guard fields.count >= 4, let user = Self.number(fields[2]), let group = Self.number(fields[3]) else { continue }
            guard number == nil ? fields[0] == name : user == number else { continue }
            return (FileOwner(user: user, group: group), fields[0])
        }
        guard let number = name == "root" ? 0 : number else {
            throw FetchError(.storage, "there is no user \(quoted(name)) to whom the files could belong")
        }
        return (FileOwner(user: number, group: 0), nil)
    }

    private func group(_ name: String) throws(FetchError) -> UInt32 {
        if let number = Self.number(name) { return number }
        for fields in try lines(of: "etc/group") where fields.count >= 3 && fields[0] == name {
            if let number = Self.number(fields[2]) { return number }
        }
        throw FetchError(.storage, "there is no group \(quoted(name)) to which the files could belong")
    }

    private func groups(of name: String) throws(FetchError) -> [UInt32] {
        try lines(of: "etc/group").compactMap { fields in
            guard fields.count >= 4, fields[3].split(separator: ",").contains(Substring(name)) else { return nil }
            return Self.number(fields[2])
        }
    }

    private func lines(of path: String) throws(FetchError) -> [[String]] {
        for root in roots {
            do {
                guard let content = try Folder.open(root).contentInRoot(of: path, limit: FetchLimits.userFileBytes) else { continue }
                return String(decoding: content, as: UTF8.self).split(separator: "\n").map { line in
                    line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
                }
            } catch {
                throw FetchError(.storage, "\(error)")
            }
        }
        return []
    }

    /// The largest number is no user but "leave as it is" (chown(2)).
    private static func number(_ text: String) -> UInt32? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt32(text), number != .max else { return nil }
        return number
    }
}
