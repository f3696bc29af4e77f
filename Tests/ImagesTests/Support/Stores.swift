import Logging

@testable import Images

/// A store whose waits are short enough for tests.
func makeStore(
    _ scratch: String,
    limits: ImageLimits = ImageLimits(),
    _ configure: (inout RegistryConfiguration) -> Void = { _ in }
) throws -> ImageStore {
    var registries = RegistryConfiguration()
    registries.retryDelay = .milliseconds(1)
    registries.connectTimeout = .seconds(5)
    configure(&registries)
    return try ImageStore(directory: "\(scratch)/store", registries: registries, limits: limits, logger: Logger(label: "test"))
}

/// What a failed or finished pull leaves behind besides images: nothing.
func temporaryFiles(_ scratch: String) throws -> [String] {
    try names(in: "\(scratch)/store/temporary")
}
