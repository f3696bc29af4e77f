import Testing

@testable import AgoraCommands

@Suite struct QuantityTests {
    @Test(
        arguments: [
            ("0", 0), ("1", 1000), ("0.5", 500), (".5", 500), ("1.", 1000), ("100m", 100), ("1500m", 1500), ("2k", 2_000_000),
            ("64Mi", 67_108_864_000), ("128M", 128_000_000_000), ("1Gi", 1_073_741_824_000), ("0.5Gi", 536_870_912_000),
            ("1e3", 1_000_000), ("1E3", 1_000_000), ("12e-1", 1200), ("1u", 1), ("1n", 1), ("0n", 0), ("1001u", 2), ("1Ki", 1_024_000),
            ("1Pi", 1_125_899_906_842_624_000),
        ] as [(String, Int64)]
    )
    func reads(_ text: String, _ thousandths: Int64) throws {
        #expect(try Quantity(parsing: text, at: "x").thousandths == thousandths)
    }

    @Test(arguments: [
        "", "m", "-1", "+1", "1 Mi", "1mi", "1MiB", "1.2.3", "1e99", "1e", "0x10", "٣", "NaN", "inf", "1e-99", "Mi1", "1..",
    ])
    func refusesWhatIsNone(_ text: String) {
        #expect(refusal { try Quantity(parsing: text, at: "spec.x") }.hasPrefix("spec.x: \"\(text)\" is not a quantity"))
    }

    @Test(arguments: [
        "9999999999999999999", "9223372036854775807", "1E", "99Ei", "1e18", "0.0000000000000000001", String(repeating: "9", count: 5000),
    ])
    func refusesWhatDoesNotFit(_ text: String) {
        let message = refusal { try Quantity(parsing: text, at: "x") }
        #expect(message.hasSuffix("is too large") || message.contains("is not a quantity"))
    }
}
