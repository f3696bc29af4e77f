import MesosAPI

extension Refusal {
    /// The request breaks a rule.
    static func invalid(_ message: String) -> Refusal { Refusal(400, message) }

    /// The request asks for something that Agora does not do yet.
    static func notBuilt(_ what: String) -> Refusal {
        Refusal(501, "\(what) is not built yet in Agora; see docs/operator-api.md for what is")
    }
}
