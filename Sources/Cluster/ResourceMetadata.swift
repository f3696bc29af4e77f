/// All that may be said of a resource besides its name and how much there is: whose it is, on what terms, which disk.
///
/// Most resources have nothing to say here; then there is nothing to store or compare. The others share one
/// immutable object behind a reference, whatever the number of copies.
public struct ResourceMetadata: Sendable {
    /// Unreserved, unallocated, nothing special.
    public static let none = ResourceMetadata(details: nil)

    private let details: Details?

    private init(details: Details?) {
        self.details = details
    }

    /// Metadata with these particulars.
    public init(
        reservations: [Reservation] = [],
        disk: DiskInfo? = nil,
        isRevocable: Bool = false,
        isShared: Bool = false,
        allocationRole: RoleName? = nil,
        providerID: ResourceProviderID? = nil
    ) {
        let isPlain = reservations.isEmpty && disk == nil && !isRevocable && !isShared && allocationRole == nil && providerID == nil
        guard !isPlain else {
            details = nil
            return
        }
        details = Details(
            reservations: reservations,
            disk: disk,
            isRevocable: isRevocable,
            isShared: isShared,
            allocationRole: allocationRole,
            providerID: providerID
        )
    }

    /// The stack of reservations, the first made at the bottom, first.
    public var reservations: [Reservation] { details?.reservations ?? [] }
    /// What is special about a disk.
    public var disk: DiskInfo? { details?.disk }
    /// Whether it may be taken back at any time from who uses it.
    public var isRevocable: Bool { details?.isRevocable ?? false }
    /// Whether several may use it at once.
    public var isShared: Bool { details?.isShared ?? false }
    /// The role that was given the resource, in offers and in what is used.
    public var allocationRole: RoleName? { details?.allocationRole }
    /// Who manages the resource, if not the agent itself.
    public var providerID: ResourceProviderID? { details?.providerID }

    /// Whether nothing is said.
    public var isNone: Bool { details == nil }
    /// Whether the resource is taken as a whole or not at all: volumes, mounts, block devices and what is shared.
    public var isIndivisible: Bool { details?.isIndivisible ?? false }
    /// The role the resource is reserved for: that of the last reservation.
    public var reservationRole: RoleName? { details?.reservations.last?.role }

    /// The same, given to `role`, or to nobody.
    public func allocated(to role: RoleName?) -> ResourceMetadata {
        guard allocationRole != role else { return self }
        return ResourceMetadata(
            reservations: reservations,
            disk: disk,
            isRevocable: isRevocable,
            isShared: isShared,
            allocationRole: role,
            providerID: providerID
        )
    }

    /// Whether both are one object, which is enough to be equal.
    func isIdentical(to other: ResourceMetadata) -> Bool { details === other.details }
}

extension ResourceMetadata: Hashable, Comparable {
    /// Whether two resources with these may be one resource.
    public static func == (left: ResourceMetadata, right: ResourceMetadata) -> Bool {
        left.details === right.details || left.details?.key == right.details?.key
    }

    /// Mixes in what equality compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(details?.key) }

    /// Some fixed order, with ``none`` first.
    public static func < (left: ResourceMetadata, right: ResourceMetadata) -> Bool {
        guard let right = right.details else { return false }
        guard let left = left.details else { return true }
        return left.key < right.key
    }
}

extension ResourceMetadata {
    /// The particulars, made once and shared.
    private final class Details: Sendable {
        let reservations: [Reservation]
        let disk: DiskInfo?
        let isRevocable: Bool
        let isShared: Bool
        let allocationRole: RoleName?
        let providerID: ResourceProviderID?
        let isIndivisible: Bool
        /// All that equality looks at, written out once: comparing, ordering and hashing are those of this text.
        let key: String

        init(
            reservations: [Reservation],
            disk: DiskInfo?,
            isRevocable: Bool,
            isShared: Bool,
            allocationRole: RoleName?,
            providerID: ResourceProviderID?
        ) {
            self.reservations = reservations
            self.disk = disk
            self.isRevocable = isRevocable
            self.isShared = isShared
            self.allocationRole = allocationRole
            self.providerID = providerID
            isIndivisible = isShared || disk?.persistence != nil || disk?.source?.isIndivisible ?? false
            var key = ResourceMetadataKey()
            key.add(isRevocable ? "revocable" : nil)
            key.add(isShared ? "shared" : nil)
            key.add(allocationRole?.value)
            key.add(providerID?.value)
            key.add(reservations)
            key.add(disk)
            self.key = key.text
        }
    }
}
