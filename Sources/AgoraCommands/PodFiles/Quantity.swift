/// An amount as Kubernetes writes it: a decimal number with a suffix, as "100m", "0.5", "64Mi", "1e3".
///
/// See "Quantity" in the Kubernetes API reference. Held in thousandths, rounded up, as Kubernetes does.
struct Quantity: Hashable {
    /// Thousandths of a unit: of a processor, of a byte.
    let thousandths: Int64

    /// - Parameter path: where the text stands, for the error.
    init(parsing text: String, at path: String) throws(PodFileError) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let (mantissa, decimals) = Self.decimal(digits) else { throw Self.malformed(text, path) }
        guard let scale = Self.scale(text.dropFirst(digits.count)) else { throw Self.malformed(text, path) }
        guard let thousandths = Self.scaled(mantissa, decimals: decimals, by: scale) else {
            throw PodFileError(path, "\"\(text.clipped)\" is too large")
        }
        self.thousandths = thousandths
    }

    private static func malformed(_ text: String, _ path: String) -> PodFileError {
        PodFileError(path, "\"\(text.clipped)\" is not a quantity; write it as 0.5, 100m, 64Mi or 2G")
    }

    /// What a suffix multiplies by: an integer factor and a power of ten.
    private struct Scale {
        var factor: Int64 = 1
        var exponent = 0
    }

    /// The digits without their point, and how many stood after it.
    private static func decimal(_ text: Substring) -> (mantissa: Int64, decimals: Int)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let mantissa = Int64(parts.joined()) else { return nil }
        return (mantissa, parts.count == 2 ? parts[1].count : 0)
    }

    private static func scale(_ suffix: Substring) -> Scale? {
        let decimal = ["n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18]
        if let exponent = decimal[String(suffix)] { return Scale(exponent: exponent) }
        let binary = ["Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60]
        if let shift = binary[String(suffix)] { return Scale(factor: 1 << shift) }
        guard suffix.first == "e" || suffix.first == "E", let exponent = Int(suffix.dropFirst()), abs(exponent) <= 18 else { return nil }
        return Scale(exponent: exponent)
    }

    /// `mantissa` · factor · 10^(exponent - decimals), in thousandths rounded up; nothing if it does not fit.
    private static func scaled(_ mantissa: Int64, decimals: Int, by scale: Scale) -> Int64? {
        guard mantissa > 0 else { return 0 }
        guard decimals <= 18 else { return nil }
        var (product, overflow) = mantissa.multipliedReportingOverflow(by: scale.factor)
        var exponent = scale.exponent - decimals + 3
        while exponent > 0 && !overflow {
            (product, overflow) = product.multipliedReportingOverflow(by: 10)
            exponent -= 1
        }
        guard !overflow else { return nil }
        var divisor: Int64 = 1
        while exponent < 0 && divisor <= .max / 10 {
            divisor *= 10
            exponent += 1
        }
        let (quotient, remainder) = product.quotientAndRemainder(dividingBy: divisor)
        return remainder == 0 && exponent == 0 ? quotient : quotient + 1
    }
}
