import Cluster
import Testing

@Suite struct ScalarTests {
    @Test(arguments: [
        (0.1, 100), (0.001, 1), (0.0004, 0), (0.0005, 1), (1.0015, 1002), (4, 4000), (1e12, 1_000_000_000_000_000), (-0.0, 0),
    ])
    func numbersAreRoundedToThousandths(number: Double, thousandths: Int64) throws {
        #expect(try Scalar(number).thousandths == thousandths)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, -1, -0.0001, 1.1e12, 1e300])
    func numbersThatCannotBeAreRefused(number: Double) {
        #expect(throws: ResourcesError.self) { try Scalar(number) }
    }

    @Test(arguments: [(0, "0"), (1, "0.001"), (100, "0.1"), (4000, "4"), (1050, "1.05"), (16_384_125, "16384.125")])
    func description(thousandths: Int64, text: String) {
        #expect(Scalar(thousandths: thousandths).description == text)
    }

    @Test func everyAmountUpToTheLargestSurvivesAsDouble() throws {
        for thousandths in [1, 999, 999_999_999_999_999, 1_000_000_000_000_000] as [Int64] {
            #expect(try Scalar(Scalar(thousandths: thousandths).value).thousandths == thousandths)
        }
    }

    @Test func tenTenthsAreOne() throws {
        let tenth = try Scalar(0.1)
        #expect((0..<10).reduce(Scalar.zero) { sum, _ in sum + tenth } == Scalar(thousandths: 1000))
    }

    @Test func neverNegativeNeverTooLarge() {
        let most = Scalar(thousandths: .max)
        #expect(most + most == most)
        #expect(Scalar.zero - most == .zero)
    }
}
