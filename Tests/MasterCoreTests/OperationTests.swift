import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import SwiftProtobuf
import Testing

/// Operations other than launches, which end as OPERATION_ERROR until they are built.
@Suite struct OperationTests {
    typealias Operation = Mesos_V1_Offer.Operation

    struct Case: Sendable, CustomTestStringConvertible {
        let type: Operation.TypeEnum
        let words: String
        let fill: @Sendable (inout Operation) throws -> Void

        init(_ type: Operation.TypeEnum, _ words: String, _ fill: @escaping @Sendable (inout Operation) throws -> Void) {
            self.type = type
            self.words = words
            self.fill = fill
        }

        var testDescription: String { "\(type) \(words)" }
    }

    static let reservations: [Case] = [
        Case(.reserve, "is not built yet") { $0.reserve.resources = [try resource()] },
        Case(.reserve, "reserve: missing") { _ in },
        Case(.reserve, "reserve.resources: none") { $0.reserve = .init() },
        Case(.reserve, "reserve.source:") {
            $0.reserve.source = [try resource()]
            $0.reserve.resources = [try resource()]
        },
        Case(.reserve, "must not be negative") { $0.reserve.resources = [try resource { $0.scalar.value = -1 }] },
        Case(.reserve, "only whole ones") { $0.reserve.resources = [try resource { ($0.name, $0.scalar.value) = ("gpus", 0.5) }] },
        Case(.reserve, "of type DYNAMIC") { $0.reserve.resources = [try resource { $0.reservations = [] }] },
        Case(.reserve, "of type DYNAMIC") { $0.reserve.resources = [try resource { $0.reservations[0].type = .static }] },
        Case(.reserve, "reserved for role 'ops', the offers are for 'eng'") {
            $0.reserve.resources = [try resource { $0.reservations[0].role = "ops" }]
        },
        Case(.reserve, "allocated to role 'ops'") { $0.reserve.resources = [try resource { $0.allocationInfo.role = "ops" }] },
        Case(.reserve, "reservations.principal") { $0.reserve.resources = [try resource { $0.reservations[0].principal = "other" }] },
        Case(.reserve, "reservations.principal") { $0.reserve.resources = [try resource { $0.reservations[0].clearPrincipal() }] },
        Case(.reserve, "provider_id differs") { $0.reserve.resources = [try resource(), try resource { $0.providerID.value = "p" }] },
        Case(.reserve, "is revocable") { $0.reserve.resources = [try resource { $0.revocable = .init() }] },
        Case(.unreserve, "is not built yet") { $0.unreserve.resources = [try resource()] },
        Case(.unreserve, "unreserve: missing") { _ in },
        Case(.unreserve, "of type DYNAMIC") { $0.unreserve.resources = [try resource { $0.reservations = [] }] },
        Case(.unreserve, "destroy it first") { $0.unreserve.resources = [try volume()] },
    ]

    static let volumes: [Case] = [
        Case(.create, "is not built yet") { $0.create.volumes = [try volume()] },
        Case(.create, "create: missing") { _ in },
        Case(.create, "is no persistent volume") { $0.create.volumes = [try resource()] },
        Case(.create, "set RW") { $0.create.volumes = [try volume { $0.disk.volume.mode = .ro }] },
        Case(.create, "disk.volume: missing") { $0.create.volumes = [try volume { $0.disk.clearVolume() }] },
        Case(.create, "disk.volume.host_path") { $0.create.volumes = [try volume { $0.disk.volume.hostPath = "/x" }] },
        Case(.create, "is not reserved") { $0.create.volumes = [try volume { $0.reservations = [] }] },
        Case(.create, "persistence") { $0.create.volumes = [try volume { $0.disk.persistence.id = "a/b" }] },
        Case(.create, "is there twice") { $0.create.volumes = [try volume(), try volume()] },
        Case(.create, "SHARED_RESOURCES") { $0.create.volumes = [try volume { $0.shared = .init() }] },
        Case(.create, "disk.persistence.principal") { $0.create.volumes = [try volume { $0.disk.persistence.principal = "other" }] },
        Case(.destroy, "is not built yet") { $0.destroy.volumes = [try volume()] },
        Case(.destroy, "destroy: missing") { _ in },
        Case(.destroy, "is no persistent volume") { $0.destroy.volumes = [try resource()] },
        Case(.growVolume, "grow_volume: missing") { _ in },
        Case(.growVolume, "is not built yet") {
            $0.growVolume.volume = try volume()
            $0.growVolume.addition = try space()
        },
        Case(.growVolume, "grow_volume.addition: nothing") {
            $0.growVolume.volume = try volume()
            $0.growVolume.addition = try space { $0.scalar.value = 0 }
        },
        Case(.growVolume, "not of the same disk") {
            $0.growVolume.volume = try volume()
            $0.growVolume.addition = try space { $0.reservations[0].labels.labels = [.with { $0.key = "k" }] }
        },
        Case(.growVolume, "provider_id") {
            $0.growVolume.volume = try volume { $0.providerID.value = "p" }
            $0.growVolume.addition = try space()
        },
        Case(.growVolume, "shared volumes keep") {
            $0.growVolume.volume = try volume { $0.shared = .init() }
            $0.growVolume.addition = try space()
        },
        Case(.shrinkVolume, "is not built yet") {
            $0.shrinkVolume.volume = try volume()
            $0.shrinkVolume.subtract.value = 1
        },
        Case(.shrinkVolume, "shrink_volume: missing") { _ in },
        Case(.shrinkVolume, "must be more than 0") {
            $0.shrinkVolume.volume = try volume()
            $0.shrinkVolume.subtract.value = 0
        },
        Case(.shrinkVolume, "is not less than the volume") {
            $0.shrinkVolume.volume = try volume()
            $0.shrinkVolume.subtract.value = 64
        },
        Case(.shrinkVolume, "it cannot shrink") {
            $0.shrinkVolume.volume = try volume { $0.disk.source.type = .mount }
            $0.shrinkVolume.subtract.value = 1
        },
    ]

    static let disks: [Case] = [
        Case(.createDisk, "is not built yet") {
            $0.createDisk = .with { ($0.source, $0.targetType, $0.targetProfile) = (raw(), .mount, "p") }
        },
        Case(.createDisk, "create_disk: missing") { _ in },
        Case(.createDisk, "create_disk.source.provider_id") {
            $0.createDisk.source = raw { $0.clearProviderID() }
            $0.createDisk.targetType = .mount
        },
        Case(.createDisk, "must be RAW") {
            $0.createDisk.source = raw { $0.disk.source.type = .block }
            $0.createDisk.targetType = .mount
        },
        Case(.createDisk, "must be MOUNT or BLOCK") {
            $0.createDisk.source = raw()
            $0.createDisk.targetType = .path
        },
        Case(.createDisk, "target_profile: missing") {
            $0.createDisk.source = raw()
            $0.createDisk.targetType = .block
        },
        Case(.createDisk, "leave it out") {
            $0.createDisk.source = raw { $0.disk.source.profile = "p" }
            $0.createDisk.targetType = .block
            $0.createDisk.targetProfile = "p"
        },
        Case(.destroyDisk, "is not built yet") { $0.destroyDisk.source = raw { $0.disk.source.id = "d" } },
        Case(.destroyDisk, "destroy_disk: missing") { _ in },
        Case(.destroyDisk, "destroy_disk.source.provider_id") { $0.destroyDisk.source = raw { $0.clearProviderID() } },
        Case(.destroyDisk, "disk.source.id: missing") { $0.destroyDisk.source = raw() },
        Case(.destroyDisk, "MOUNT, BLOCK or RAW") {
            $0.destroyDisk.source = raw { ($0.disk.source.type, $0.disk.source.id) = (.path, "d") }
        },
    ]

    @Test(arguments: reservations + volumes + disks)
    func anOperationFailsAndTheOthersGoOn(_ example: Case) throws {
        var master = TestMaster()
        var info = TestMaster.frameworkInfo()
        info.principal = "ops"
        let scheduler = try master.scheduler(info)
        let agent = try master.agent { $0.capabilities.append(.with { $0.type = .resizeVolume }) }
        let offer = try #require(master.offers(to: scheduler).first)
        var operation = Operation()
        operation.type = example.type
        operation.id.value = "op-1"
        try example.fill(&operation)
        let answer = master.accept(scheduler, [offer.id], [operation, launch([try taskInfo("t", on: agent.id)])])
        #expect(answer?.status == 202)
        let status = try #require(master.operationUpdates(to: scheduler).first)
        #expect(status.operationID.value == "op-1")
        #expect(status.state == .operationError)
        #expect(!status.hasUuid)
        #expect(status.message.contains(example.words), "\(status.message)")
        #expect(master.events(of: agent).map(\.message.launch.tasks.first?.taskID.value) == ["t"])
        #expect(master.core.state.counters.operations == [OperationEnd(type: example.type, state: .operationError): 1])
    }

    @Test(arguments: [
        Case(.reserve, "roles below others") { $0.reserve.resources = [try resource { $0.reservations[0].role = "eng/web" }] },
        Case(.reserve, "reservations upon reservations") { operation in
            operation.reserve.resources = [
                try resource { resource in
                    resource.reservations = ["eng", "eng/web"].map { role in
                        .with { ($0.type, $0.role, $0.principal) = (.dynamic, role, "ops") }
                    }
                }
            ]
        },
        Case(.growVolume, "cannot change the size") {
            $0.growVolume.volume = try volume()
            $0.growVolume.addition = try space()
        },
    ])
    func whatTheAgentCannotDoIsRefused(_ example: Case) throws {
        var master = TestMaster()
        let scheduler = try master.scheduler(TestMaster.frameworkInfo(roles: ["eng/web", "eng"]))
        _ = try master.agent { report in
            report.capabilities.removeAll { $0.type == (example.words.contains("upon") ? .reservationRefinement : .hierarchicalRole) }
        }
        let offer = try #require(master.offers(to: scheduler).first)
        var operation = Operation()
        operation.type = example.type
        operation.id.value = "op-1"
        try example.fill(&operation)
        master.accept(scheduler, [offer.id], [operation])
        let status = try #require(master.operationUpdates(to: scheduler).first)
        #expect(status.message.contains(example.words), "\(status.message)")
    }

    @Test func withoutIdNobodyIsTold() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        _ = try master.agent()
        let offer = try #require(master.offers(to: scheduler).first)
        var operation = Operation()
        operation.type = .reserve
        operation.reserve.resources = [try Self.resource()]
        master.accept(scheduler, [offer.id], [operation])
        #expect(master.events(of: scheduler.stream).isEmpty)
        #expect(master.notices.contains("operation not applied"))
        #expect(master.core.state.counters.operations.count == 1)
    }

    @Test func withInvalidOffersTheyFailToo() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        var operation = Operation()
        operation.type = .reserve
        operation.id.value = "op-1"
        operation.reserve.resources = [try Self.resource()]
        master.accept(scheduler, [OfferID("none")], [operation])
        let status = try #require(master.operationUpdates(to: scheduler).first)
        #expect(status.state == .operationError)
        #expect(status.message.contains("accept.offer_ids"))
    }

    @Test func reconcilingTellsWhatIsKnownOfTheirAgents() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        let gone = try master.agent()
        master.handle(.agentStreamClosed(gone.stream.id))
        for _ in 0..<9 {
            master.send(agent, .heartbeat)
            master.advance(by: .seconds(10))
        }
        let agents = [agent.id.value, gone.id.value, "M-S99", nil]
        let answer = master.send(scheduler, .reconcileOperations) { call in
            call.reconcileOperations.operations = agents.enumerated().map { index, agent in
                .with { operation in
                    operation.operationID.value = "op-\(index)"
                    operation.resourceProviderID.value = "p"
                    if let agent { operation.agentID.value = agent }
                }
            }
        }
        #expect(answer?.status == 202)
        let statuses = master.operationUpdates(to: scheduler)
        #expect(statuses.map(\.operationID.value) == ["op-0", "op-1", "op-2", "op-3"])
        #expect(statuses.map(\.state) == [.operationUnknown, .operationUnreachable, .operationUnknown, .operationUnknown])
        #expect(statuses.map { $0.hasAgentID ? $0.agentID.value : nil } == agents)
        #expect(statuses.allSatisfy { !$0.hasUuid && !$0.message.isEmpty && $0.resourceProviderID.value == "p" })
        #expect(master.send(scheduler, .reconcileOperations) { $0.reconcileOperations = .init() }?.status == 202)
        #expect(master.operationUpdates(to: scheduler).isEmpty, "the master knows of none")
    }

    @Test func acknowledgementsOfUnknownOperationsAreDropped() throws {
        var (master, scheduler, agent) = try TestMaster.running()
        let answer = master.send(scheduler, .acknowledgeOperationStatus) { call in
            call.acknowledgeOperationStatus.agentID = agent.id.message
            call.acknowledgeOperationStatus.operationID.value = "op"
            call.acknowledgeOperationStatus.uuid = uuid(1)
        }
        #expect(answer?.status == 202)
        #expect(master.core.state.counters.invalidOperationAcknowledgements == 1)
        #expect(master.events(of: agent).isEmpty)
    }
}

extension OperationTests {
    private static func resource(_ change: (inout Mesos_V1_Resource) -> Void = { _ in }) throws -> Mesos_V1_Resource {
        var resource = try #require(try Resources.parse("cpus:1").messages.first)
        resource.reservations = [.with { ($0.type, $0.role, $0.principal) = (.dynamic, "eng", "ops") }]
        change(&resource)
        return resource
    }

    /// Reserved disk.
    private static func space(_ change: (inout Mesos_V1_Resource) -> Void = { _ in }) throws -> Mesos_V1_Resource {
        try resource { resource in
            (resource.name, resource.scalar.value) = ("disk", 64)
            change(&resource)
        }
    }

    private static func volume(_ change: (inout Mesos_V1_Resource) -> Void = { _ in }) throws -> Mesos_V1_Resource {
        try space { resource in
            resource.disk.persistence = .with { ($0.id, $0.principal) = ("v", "ops") }
            resource.disk.volume = .with { ($0.containerPath, $0.mode) = ("data", .rw) }
            change(&resource)
        }
    }

    private static func raw(_ change: (inout Mesos_V1_Resource) -> Void = { _ in }) -> Mesos_V1_Resource {
        var resource = Mesos_V1_Resource()
        (resource.name, resource.type, resource.scalar.value) = ("disk", .scalar, 64)
        resource.providerID.value = "p"
        resource.disk.source.type = .raw
        change(&resource)
        return resource
    }
}
