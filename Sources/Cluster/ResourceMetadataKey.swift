/// Writes metadata as text such that equal texts mean equal metadata: each part is preceded by its length, so that
/// no choice of names can make two different things look alike.
struct ResourceMetadataKey {
    private(set) var text = ""

    mutating func add(_ part: String?) {
        guard let part else {
            text += "-"
            return
        }
        text += "\(part.utf8.count):\(part)"
    }

    mutating func add(_ labels: [Label]) {
        text += "\(labels.count)*"
        for label in labels {
            add(label.key)
            add(label.value)
        }
    }

    mutating func add(_ reservations: [Reservation]) {
        text += "\(reservations.count)*"
        for reservation in reservations {
            text += reservation.kind == .static ? "s" : "d"
            add(reservation.role.value)
            add(reservation.principal)
            add(reservation.labels)
        }
    }

    mutating func add(_ disk: DiskInfo?) {
        guard let disk else { return }
        text += "disk"
        add(disk.persistence?.id.value)
        guard let source = disk.source else { return }
        add(source.kind.rawValue)
        for part in [source.root, source.vendor, source.id, source.profile] { add(part) }
        add(source.metadata)
    }
}
