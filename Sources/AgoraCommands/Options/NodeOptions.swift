import ArgumentParser
import Cluster
import MesosAPI
import MesosMessages

/// What a machine says of itself to the master.
struct NodeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What to offer, as cpus:4;mem:4096;ports:[31000-32000], or in JSON. What it does not name of cpus, mem, disk and ports: what the machine has.",
            valueName: "list"
        )
    )
    var resources: String?
    @Option(help: ArgumentHelp("Facts about the machine, as rack:r1;zone:a.", valueName: "list"))
    var attributes: String?
    @Option(
        help: ArgumentHelp("Where the machine stands, in JSON: its region and its zone.", valueName: "json"),
        transform: DomainArgument.parse
    )
    var domain: Mesos_V1_DomainInfo?
    @Option(
        help: ArgumentHelp(
            "Web pages beside the master's own that may ask this agent from a browser, as https://agora.example.org,http://10.0.0.1:5050.",
            valueName: "origins"
        ),
        transform: OriginsArgument.parse
    )
    var allowedOrigins: [String] = []

    func validate() throws {
        do {
            _ = try parsedResources
            _ = try Mesos_V1_Attribute.parse(attributes ?? "")
        } catch {
            throw ValidationError("\(error)")
        }
    }

    var parsedResources: Resources? {
        get throws(ResourcesError) {
            guard let resources else { return nil }
            return try Resources.parse(flag: resources)
        }
    }
}
