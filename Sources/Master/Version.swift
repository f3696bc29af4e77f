/// The versions that a master tells.
enum Version {
    /// The Mesos version whose API is spoken: clients choose by it what they send.
    static let mesos = "1.11.0"

    /// Agora's own.
    static let agora = "0.1.0"
}
