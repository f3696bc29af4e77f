/// Asks again and again, a few milliseconds apart, until the condition holds: for events of other processes that
/// nobody announces. False if the time is over before.
public func eventually(within patience: Duration = .seconds(20), _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + patience
    while try await !condition() {
        guard ContinuousClock.now < deadline else { return false }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return true
}
