import Cluster
import MesosAPI
import Testing

@testable import AgoraCommands

@Suite struct DemandTests {
    private let role = RoleName("eng")

    private func share(_ wanted: [String], of offered: String) throws -> [String]? {
        let demand = Demand(executor: [], tasks: try wanted.map { try Resources.parse($0).messages })
        guard let share = try demand.share(of: try Resources.parse(offered).allocated(to: role)) else { return nil }
        return try share.tasks.map { try Resources($0).description }
    }

    @Test func eachPartGetsItsShareWithTheRoleOfTheOffer() throws {
        #expect(
            try share(["cpus:1;mem:10", "cpus:0.5;ports:[5-6]"], of: "cpus:2;mem:10;ports:[1-9]") == [
                "cpus(allocated: eng):1; mem(allocated: eng):10", "cpus(allocated: eng):0.5; ports(allocated: eng):[5-6]",
            ]
        )
    }

    @Test(arguments: [
        (["cpus:2"], "cpus:1"), (["cpus:1", "cpus:1.001"], "cpus:2"), (["ports:[5-6]", "ports:[6-6]"], "ports:[1-9]"),
        (["gpus:1"], "cpus:9"),
        (["mem:1"], ""),
    ])
    func whatDoesNotSuffice(_ wanted: [String], _ offered: String) throws {
        #expect(try share(wanted, of: offered) == nil)
    }

    @Test func reservedPiecesGoFirst() throws {
        #expect(
            try share(["cpus:3", "cpus:1"], of: "cpus:2;cpus(eng):2") == [
                "cpus(allocated: eng):1; cpus(allocated: eng)(eng):2", "cpus(allocated: eng):1",
            ]
        )
    }

    @Test func nothingIsCountedTwice() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let parts = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                "cpus:\(Int.random(in: 1...4, using: &generator));mem:\(Int.random(in: 1...4, using: &generator))"
            }
            let offered = try Resources.parse("cpus:6;mem:6;cpus(eng):3").allocated(to: role)
            let demand = Demand(executor: [], tasks: try parts.map { try Resources.parse($0).messages })
            let wanted = try demand.total()
            let share = try demand.share(of: offered)
            #expect((share != nil) == (wanted.scalar("cpus") <= offered.scalar("cpus") && wanted.scalar("mem") <= offered.scalar("mem")))
            guard let share else { continue }
            let taken = try share.tasks.reduce(into: Resources.empty) { $0 += try Resources($1) }
            #expect(offered.contains(taken))
            #expect(taken.scalar("cpus") == wanted.scalar("cpus"))
        }
    }
}
