import Foundation

/// What a master answers at `/why`: how the agents stand to a framework that waits.
struct WaitingAnswer: Codable, Sendable {
    /// How agents stand to one of the framework's roles.
    struct Role: Codable, Sendable {
        let role: String
        let suppressed: Bool
        let wanted: [String]
        let agents: Int
        let suitable: Int
        let hindrances: [Hindrance]
        let sentence: String
    }

    /// What keeps some agents from being offered.
    struct Hindrance: Codable, Sendable {
        let reason: String
        let resource: String?
        let agents: Int
        let most: Double?
        let until: Double?
    }

    let frameworkID: String
    let name: String
    let connected: Bool
    let offers: Int
    let roles: [Role]

    private enum CodingKeys: String, CodingKey {
        case frameworkID = "framework_id"
        case name, connected, offers, roles
    }
}

extension MasterClient {
    /// Asks why a framework gets no offers.
    ///
    /// - Parameter wanted: what it needs of one machine, as `cpus:4;mem:512`; what it told the master itself if nil.
    func waiting(_ framework: String, for wanted: String? = nil) async throws(ClientError) -> WaitingAnswer {
        var target = URLComponents()
        target.path = "/why"
        target.queryItems = [URLQueryItem(name: "framework_id", value: framework)]
        if let wanted { target.queryItems?.append(URLQueryItem(name: "resources", value: wanted)) }
        let operation = "ask why \(framework.clipped) waits"
        let bytes = try await connection.get(target.string ?? "/why", from: .master(master), operation: operation)
        do {
            return try JSONDecoder().decode(WaitingAnswer.self, from: Data(bytes))
        } catch {
            throw ClientError(peer: .master(master), operation: operation, cause: .broken("\(error)"))
        }
    }
}
