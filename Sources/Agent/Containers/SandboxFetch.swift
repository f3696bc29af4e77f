import AgentCore
import Cluster
import Containers
import Fetcher
import Images

/// Brings the files of a container into its sandbox before it is launched.
struct SandboxFetch: Sendable {
    let fetcher: Fetcher
    let containerizer: Containerizer

    /// - Throws: what could not be fetched and why; also when the launch is stopped meanwhile.
    func fetch(_ uris: [FetchURI], for spec: ContainerSpec, _ image: Image?) async throws(FetchError) {
        guard !uris.isEmpty else { return }
        let around = spec.id.depth > 1 ? try? containerizer.status(of: spec.id.root) : nil
        try await fetcher.fetch(
            FetchRequest(
                items: uris.map(FetchItem.init),
                sandbox: spec.sandbox,
                rootSandbox: around?.sandbox,
                user: spec.user,
                layers: image?.layers ?? []
            )
        )
    }
}

extension FetchItem {
    init(_ uri: FetchURI) {
        self.init(
            uri: uri.value,
            isExecutable: uri.isExecutable,
            extracts: uri.extracts,
            isCached: uri.isCached,
            outputFile: uri.outputFile
        )
    }
}
