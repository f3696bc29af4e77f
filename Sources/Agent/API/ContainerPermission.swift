import AgentCore
import Cluster
import MesosAPI
import MesosMessages

/// What the token of an executor lets it do by the operator's calls: with containers inside its own, all; with those of
/// others and with images, nothing. Who brings no token is an operator.
enum ContainerPermission {
    static func check(_ call: Mesos_V1_Agent_Call, _ claims: ExecutorClaims?) throws(Refusal) {
        guard call.type != .pruneImages || claims == nil else {
            throw Refusal(403, "images are the operators' affair; the token of an executor does not let it remove any")
        }
        guard let claims, let message = container(of: call), let id = try? ContainerID(validating: message) else { return }
        guard id.isDescendant(of: claims.container) else {
            throw Refusal(
                403,
                "container_id: \(id) is not inside \(claims.container), the container of the executor that this token is for"
            )
        }
    }

    /// The container that a call changes or waits for; nothing: it only looks.
    private static func container(of call: Mesos_V1_Agent_Call) -> Mesos_V1_ContainerID? {
        switch call.type {
        case .launchNestedContainer: call.launchNestedContainer.containerID
        case .launchNestedContainerSession: call.launchNestedContainerSession.containerID
        case .attachContainerOutput: call.attachContainerOutput.containerID
        case .attachContainerInput: call.attachContainerInput.containerID
        case .waitNestedContainer: call.waitNestedContainer.containerID
        case .killNestedContainer: call.killNestedContainer.containerID
        case .removeNestedContainer: call.removeNestedContainer.containerID
        case .launchContainer: call.launchContainer.containerID
        case .waitContainer: call.waitContainer.containerID
        case .killContainer: call.killContainer.containerID
        case .removeContainer: call.removeContainer.containerID
        default: nil
        }
    }
}
