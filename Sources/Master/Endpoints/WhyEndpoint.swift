import Cluster
import HTTPService
import MasterCore
import MesosAPI

/// `GET /why?framework_id=ID[&resources=cpus:4;mem:512]`: why a framework gets no offers, in a sentence and as data.
struct WhyEndpoint: Sendable {
    let reads: StateReader

    /// Answers one question, from a copy of the core.
    func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
        do throws(Refusal) {
            let (framework, wanted) = try Self.question(request.query)
            reads.answer(responder, of: { $0 }) { core, moment in
                guard let waiting = WaitingFramework(framework, for: wanted, in: core, at: moment) else {
                    return responder.refuse(404, "framework_id: there is no framework \(framework.value.prefix(100))")
                }
                var writer = JSONWriter()
                writer.object { waiting.write(to: &$0) }
                responder.respond(json: writer.bytes, to: request)
            }
        } catch {
            responder.refuse(error.status, error.message)
        }
    }

    private static func question(_ query: HTTPQuery) throws(Refusal) -> (FrameworkID, Resources?) {
        guard let id = query["framework_id"], !id.isEmpty else {
            throw Refusal(400, "framework_id: missing; it names the framework that waits")
        }
        guard let text = query["resources"] else { return (FrameworkID(id), nil) }
        do {
            return (FrameworkID(id), try Resources.parse(text))
        } catch {
            throw Refusal(400, "resources: \(error)")
        }
    }
}
