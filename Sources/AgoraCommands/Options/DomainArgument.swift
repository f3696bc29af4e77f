import ArgumentParser
import MesosAPI
import MesosMessages

/// `--domain`: where a machine stands, in the JSON of Mesos.
enum DomainArgument {
    /// Reads `{"fault_domain": {"region": {"name": "eu"}, "zone": {"name": "eu-1"}}}`; both names must be there.
    static func parse(_ text: String) throws -> Mesos_V1_DomainInfo {
        let domain: Mesos_V1_DomainInfo
        do throws(MesosJSONError) {
            domain = try MesosJSON.decode(Mesos_V1_DomainInfo.self, from: Array(text.utf8))
        } catch {
            throw ValidationError("\(error); \(example)")
        }
        guard domain.hasFaultDomain, !domain.faultDomain.region.name.isEmpty, !domain.faultDomain.zone.name.isEmpty else {
            throw ValidationError("fault_domain must name a region and a zone; \(example)")
        }
        return domain
    }

    private static let example = #"write {"fault_domain": {"region": {"name": "eu"}, "zone": {"name": "eu-1"}}}"#
}
