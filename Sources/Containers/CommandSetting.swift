/// What a container's command was launched with, for those that are launched beside it.
public struct CommandSetting: Sendable, Hashable {
    /// As "NAME=value", in order.
    public var environment: [String]
    /// Absolute, as the container sees it.
    public var workingDirectory: String
}
