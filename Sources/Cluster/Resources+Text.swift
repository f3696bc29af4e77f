extension Resources {
    /// The longest text that is read, in bytes.
    public static let maximumTextLength = 1 << 20

    /// Reads the text form of an agent's configuration: `cpus:4;mem:4096;ports:[31000-32000];cpus(eng):2;racks:{a,b}`.
    ///
    /// Each piece is a name, a role in parentheses if it is reserved for one, and a value: a number, ranges or a set.
    /// White space around pieces and an empty piece at the end do not matter. The JSON form is read in `MesosAPI`.
    public static func parse(_ text: String) throws(ResourcesError) -> Resources {
        guard text.utf8.count <= maximumTextLength else {
            throw ResourcesError(piece: text, reason: "the text is longer than \(maximumTextLength) bytes")
        }
        let pieces = text.split(separator: ";").map(\.trimmed).filter { !$0.isEmpty }
        guard pieces.count <= maximumCount else {
            throw ResourcesError(piece: text, reason: "there are \(pieces.count) resources; \(maximumCount) are allowed")
        }
        var resources: [Resource] = []
        for piece in pieces { resources.append(try Resource(parsing: piece)) }
        return Resources(resources)
    }
}

extension Resource {
    /// Reads one piece of the text form, such as `cpus(eng):4`.
    fileprivate init(parsing piece: Substring) throws(ResourcesError) {
        guard let colon = piece.firstIndex(of: ":") else {
            throw ResourcesError(piece: String(piece), reason: "has no value; write for example cpus:4")
        }
        do {
            let (name, role) = try Self.parse(head: piece[..<colon].trimmed)
            let reservations = role == .default ? [] : [Reservation(.static, role: role)]
            self.init(
                name,
                try ResourceValue.parse(piece[piece.index(after: colon)...].trimmed),
                metadata: ResourceMetadata(reservations: reservations)
            )
        } catch {
            throw ResourcesError(piece: String(piece), reason: error.reason)
        }
    }

    private static func parse(head: Substring) throws(ResourcesError) -> (name: String, role: RoleName) {
        guard let open = head.firstIndex(of: "(") else {
            try checkName(String(head))
            return (String(head), .default)
        }
        guard head.last == ")" else {
            throw ResourcesError(piece: String(head), reason: "the parenthesis around its role is not closed")
        }
        let name = String(head[..<open].trimmed)
        try checkName(name)
        let role = String(head[head.index(after: open)...].dropLast().trimmed)
        do {
            return (name, try RoleName(validating: role))
        } catch {
            throw ResourcesError(piece: role, reason: error.description)
        }
    }
}
