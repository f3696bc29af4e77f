/// Runs `work`, and cancels it when it takes longer than `limit`.
///
/// - Parameter what: what takes so long, for the message: `GET http://…`.
/// - Throws: ``ImageError`` with code `unreachable` when the time is over.
func withDeadline<Value: Sendable>(
    _ limit: Duration,
    _ what: String,
    _ work: @escaping @Sendable () async throws(ImageError) -> Value
) async throws(ImageError) -> Value {
    let first = await withTaskGroup(of: Result<Value, ImageError>?.self) { group in
        group.addTask {
            do throws(ImageError) { return .success(try await work()) } catch { return .failure(error) }
        }
        group.addTask {
            try? await Task.sleep(for: limit)
            return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        return first
    }
    if let first { return try first.get() }
    if Task.isCancelled { throw ImageError(.cancelled, "cancelled") }
    throw ImageError(.unreachable, "\(what) did not finish within \(limit)")
}
