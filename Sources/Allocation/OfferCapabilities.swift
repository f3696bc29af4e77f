/// Kinds of resources that a framework has said it understands; it is not offered those it does not.
public struct OfferCapabilities: OptionSet, Hashable, Sendable {
    /// The set as bits.
    public let rawValue: UInt8

    /// The set of these bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Resources that may be taken back at any time.
    public static let revocable = OfferCapabilities(rawValue: 1)
    /// Agents with GPUs.
    public static let gpus = OfferCapabilities(rawValue: 2)
    /// Volumes that several use at once.
    public static let shared = OfferCapabilities(rawValue: 4)
    /// Agents of other regions than the master's.
    public static let regions = OfferCapabilities(rawValue: 16)
    /// Reservations upon reservations.
    public static let refinedReservations = OfferCapabilities(rawValue: 8)
}
