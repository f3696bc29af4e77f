import Foundation
import Master
import Testing

/// The charts of the last hour: samples that the master keeps.
struct HistoryTests {
    private func samples(_ master: MasterClient, _ query: String = "") async throws -> [[String: Any]] {
        // Samples of a cluster where nothing happens pack better than clients believe.
        let answer = try await master.send("GET", "/history\(query)", headers: [("Accept-Encoding", "identity")])
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/json")
        return try answer.json()["samples"] as? [[String: Any]] ?? []
    }

    @Test func samplesComeByThemselvesAndOnlyNewOnesAreAskedFor() async throws {
        try await withMaster({ $0.historyInterval = .milliseconds(5) }) { master in
            var all: [[String: Any]] = []
            while all.count < 3 { all = try await samples(master) }
            let times = all.compactMap { $0["time"] as? Double }
            #expect(times == times.sorted() && Set(times).count == times.count)
            #expect(all.allSatisfy { $0["agents"] as? Int == 0 && $0["tasks"] as? Int == 0 && $0["frameworks"] as? Int == 0 })
            #expect(all.allSatisfy { $0["total"] is [String: Any] && $0["used"] is [String: Any] })
            let newer = try await samples(master, "?since=\(times[1])").compactMap { $0["time"] as? Double }
            #expect(newer.first == times[2])
            #expect(try await samples(master, "?since=99999999999").isEmpty)
        }
    }

    @Test func thereAreNeverMoreThanAnHourHas() async throws {
        try await withMaster({ $0.historyInterval = .microseconds(50) }) { master in
            var (first, last): (Double?, [[String: Any]]) = (nil, [])
            // Until the oldest have made place.
            repeat {
                last = try await samples(master)
                first = first ?? (last.first?["time"] as? Double)
                #expect(last.count <= 360)
            } while last.count < 360 || last.first?["time"] as? Double == first
            let times = last.compactMap { $0["time"] as? Double }
            #expect(times == times.sorted())
        }
    }

    @Test(arguments: ["x", "", "nan", "inf", "1e999"]) func aMomentMustBeANumber(text: String) async throws {
        try await withMaster { master in
            let answer = try await master.send("GET", "/history?since=\(text)")
            #expect(answer.status == 400)
            #expect(answer.text.hasPrefix("since: "), "\(answer.text)")
        }
    }
}
