import Cluster
import Testing

@Suite struct UsualAmountsTests {
    @Test(arguments: [
        ("cpus:0.5;mem:32", [0.5, 32, 0, 0]), ("", [0, 0, 0, 0]), ("cpus(eng):1;cpus:2;disk:7;gpus:1", [3, 0, 7, 1]),
    ])
    func areCountedWhosever(_ text: String, _ amounts: [Double]) throws {
        let usual = try #require(try Resources.parse(text).usualAmounts)
        #expect([usual.cpus, usual.mem, usual.disk, usual.gpus].map(\.value) == amounts)
    }

    @Test(arguments: ["cpus:1;ports:[1-2]", "racks:{a}", "cpus:1;bandwidth:4"])
    func areNotAllThatThereIs(_ text: String) throws {
        #expect(try Resources.parse(text).usualAmounts == nil)
    }
}
