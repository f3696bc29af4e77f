import Logging

@testable import Images

/// A store whose waits are short enough for tests.
func makeStore(
    _ scratch: String,
    limits: ImageLimits = ImageLimits(),
    _ configure: (inout RegistryConfiguration) throws -> Void = { _ in },
    uses: @escaping @Sendable () -> [LayerUse] = { [] }
) throws -> ImageStore {
    var registries = RegistryConfiguration()
    registries.retryDelay = .milliseconds(1)
    registries.connectTimeout = .seconds(5)
    try configure(&registries)
    return try ImageStore(directory: "\(scratch)/store", registries: registries, limits: limits, logger: .silent, uses: uses)
}

/// What a failed or finished pull leaves behind besides images: nothing.
func temporaryFiles(_ scratch: String) throws -> [String] {
    try names(in: "\(scratch)/store/temporary")
}

/// How many downloads that broke off wait to be gone on with.
func partialFiles(_ scratch: String) throws -> [String] {
    try names(in: "\(scratch)/store/partial")
}

extension Logger {
    /// Tests cause what is worth a line; nobody needs to read it.
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
