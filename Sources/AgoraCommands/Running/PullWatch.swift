import MesosMessages

/// Shows how a pod's images come to its machine, as long as they do: it asks for the same pulls as the launch, which are
/// shared. Agents that know no such call, and pulls that fail, show nothing; the launch tells why it failed.
struct PullWatch: Sendable {
    let connection: Connection
    let display: PullDisplay

    func show(_ images: Set<Mesos_V1_Image>, on agent: Endpoint) async {
        let client = ImageClient(connection: connection, agent: agent)
        await withTaskGroup { group in
            for image in images {
                group.addTask {
                    let name = image.docker.name
                    _ = try? await client.pull(name, cached: image.cached) { event in
                        // What is stored needs no words.
                        if !event.layers.isEmpty { await display.show(event, of: name) }
                    }
                }
            }
        }
    }
}

extension PodLaunch {
    /// The images that anybody may pull: for others a task brings logins of its own.
    var publicImages: Set<Mesos_V1_Image> {
        let containers = tasks.map(\.container) + (executor.map { [$0.container] } ?? [])
        return Set(containers.filter(\.mesos.hasImage).map(\.mesos.image).filter { $0.type == .docker && !$0.docker.hasConfig })
    }
}
