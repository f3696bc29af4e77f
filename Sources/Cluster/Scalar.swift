/// An amount of something that can be divided: processors, mebibytes. Never negative.
///
/// Fixed-point thousandths, as in Mesos: what is written 0.1 is exactly a tenth, and sums do not drift.
public struct Scalar: Hashable, Sendable {
    /// Nothing.
    public static let zero = Scalar(thousandths: 0)
    /// The most that is taken from outside: a million million units. Up to here every thousandth survives the way
    /// through `Double`, which the wire carries, and nine thousand such amounts can be added.
    public static let maximum = Scalar(thousandths: 1_000_000_000_000_000)

    /// The amount in thousandths of a unit; not negative.
    public let thousandths: Int64

    /// So many thousandths of a unit; they must not be negative.
    public init(thousandths: Int64) {
        precondition(thousandths >= 0, "an amount of a resource cannot be negative")
        self.thousandths = thousandths
    }

    /// Rounds a number from outside to the nearest thousandth, halves away from zero.
    ///
    /// Refuses what is not a number, negative, or more than ``maximum``.
    public init(_ value: Double) throws(ResourcesError) {
        guard value.isFinite else { throw ResourcesError(piece: "\(value)", reason: "an amount must be a finite number") }
        guard value >= 0 else { throw ResourcesError(piece: "\(value)", reason: "an amount must not be negative") }
        guard value <= Self.maximum.value else {
            throw ResourcesError(piece: "\(value)", reason: "an amount must be at most \(Self.maximum)")
        }
        thousandths = Int64((value * 1000).rounded())
    }

    /// The amount in units.
    public var value: Double { Double(thousandths) / 1000 }

    /// The sum; the largest 64-bit number of thousandths when it lies beyond.
    public static func + (left: Scalar, right: Scalar) -> Scalar {
        let (sum, overflow) = left.thousandths.addingReportingOverflow(right.thousandths)
        return Scalar(thousandths: overflow ? .max : sum)
    }

    /// What remains; nothing when more is taken than there is.
    public static func - (left: Scalar, right: Scalar) -> Scalar {
        Scalar(thousandths: max(0, left.thousandths - right.thousandths))
    }

    /// So many times the amount, as large as ``+`` allows; the count must not be negative.
    static func * (amount: Scalar, count: Int) -> Scalar {
        let (product, overflow) = amount.thousandths.multipliedReportingOverflow(by: Int64(count))
        return Scalar(thousandths: overflow ? .max : product)
    }

    /// Adds in place.
    public static func += (left: inout Scalar, right: Scalar) { left = left + right }

    /// Takes away in place.
    public static func -= (left: inout Scalar, right: Scalar) { left = left - right }
}

extension Scalar: Comparable {
    /// The smaller amount is the smaller.
    public static func < (left: Scalar, right: Scalar) -> Bool { left.thousandths < right.thousandths }
}

extension Scalar: CustomStringConvertible {
    /// The amount in units with as many decimals as it needs: `4`, `0.5`, `0.125`.
    public var description: String {
        let (units, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
        guard rest != 0 else { return String(units) }
        var decimals = String(rest + 1000).dropFirst()
        while decimals.last == "0" { decimals.removeLast() }
        return "\(units).\(decimals)"
    }
}
