import Cluster
import HashTreeCollections
import MasterCore
import MesosAPI
import MesosMessages
import Testing

@Suite struct CallRulesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let status: Int
        let words: String
        let call: @Sendable (inout Mesos_V1_Scheduler_Call) -> Void

        var testDescription: String { "\(status) \(words)" }
    }

    @Test(arguments: [
        Case(status: 400, words: "type: missing") { $0.clearType() },
        Case(status: 501, words: "UNKNOWN") { $0.type = .unknown },
        Case(status: 400, words: "subscribe: missing") { $0.type = .subscribe },
        Case(status: 400, words: "framework_id: missing") {
            $0.type = .teardown
            $0.clearFrameworkID()
        },
        Case(status: 400, words: "accept: missing") { $0.type = .accept },
        Case(status: 400, words: "kill: missing") { $0.type = .kill },
        Case(status: 400, words: "acknowledge: missing") { $0.type = .acknowledge },
        Case(status: 400, words: "a uuid has 16") {
            $0.type = .acknowledge
            $0.acknowledge.uuid = uuid(1).dropLast()
        },
        Case(status: 400, words: "differs from subscribe.framework_info.id") {
            $0.type = .subscribe
            $0.subscribe.frameworkInfo.id.value = "other"
        },
        Case(status: 400, words: "operations[0].type") {
            $0.type = .accept
            $0.accept.operations = [.init()]
        },
        Case(status: 400, words: "launch: missing") {
            $0.type = .accept
            $0.accept.operations = [.init()]
            $0.accept.operations[0].type = .launch
        },
        Case(status: 400, words: "message: missing") { $0.type = .message },
        Case(status: 400, words: "shutdown: missing") { $0.type = .shutdown },
        Case(status: 400, words: "accept_inverse_offers: missing") { $0.type = .acceptInverseOffers },
        Case(status: 400, words: "decline_inverse_offers: missing") { $0.type = .declineInverseOffers },
        Case(status: 400, words: "reconcile: missing") { $0.type = .reconcile },
        Case(status: 400, words: "reconcile_operations: missing") { $0.type = .reconcileOperations },
        Case(status: 400, words: "request: missing") { $0.type = .request },
        Case(status: 400, words: "update_framework: missing") { $0.type = .updateFramework },
        Case(status: 400, words: "differs from update_framework.framework_info.id") {
            $0.type = .updateFramework
            $0.updateFramework.frameworkInfo.id.value = "other"
        },
        Case(status: 400, words: "acknowledge_operation_status: missing") { $0.type = .acknowledgeOperationStatus },
        Case(status: 400, words: "acknowledge_operation_status.uuid: 15 bytes") {
            $0.type = .acknowledgeOperationStatus
            $0.acknowledgeOperationStatus.uuid = uuid(1).dropLast()
        },
        Case(status: 400, words: "acknowledge_operation_status.agent_id: missing") {
            $0.type = .acknowledgeOperationStatus
            $0.acknowledgeOperationStatus.uuid = uuid(1)
        },
        Case(status: 400, words: "suppress.roles") {
            $0.type = .suppress
            $0.suppress.roles = ["a//b"]
        },
    ])
    func brokenCallsAreRefusedBeforeTheCore(_ example: Case) {
        var call = Mesos_V1_Scheduler_Call()
        call.frameworkID.value = "M-0000"
        call.type = .revive
        example.call(&call)
        let refusal = #expect(throws: Refusal.self) { try SchedulerCallValidation.check(call) }
        #expect(refusal?.status == example.status)
        #expect(refusal?.message.contains(example.words) == true, "\(refusal?.message ?? "")")
    }

    @Test func theStreamIdIsChecked() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        var call = Mesos_V1_Scheduler_Call()
        call.type = .revive
        call.frameworkID = scheduler.id.message
        #expect(master.handle(.schedulerCall(call, token: nil, reply: TestReply()))?.status == 400)
        #expect(master.handle(.schedulerCall(call, token: "other", reply: TestReply()))?.status == 400)
        #expect(master.handle(.schedulerCall(call, token: scheduler.stream.token, reply: TestReply()))?.status == 202)
        call.frameworkID.value = "none"
        #expect(master.handle(.schedulerCall(call, token: scheduler.stream.token, reply: TestReply()))?.status == 400)
    }

    @Test func callsThatHintAreTaken() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        #expect(master.send(scheduler, .request) { $0.request = .init() }?.status == 202)
        #expect(master.send(scheduler, .suppress) { $0.suppress.roles = ["not-mine"] }?.status == 202)
        #expect(master.send(scheduler, .decline) { $0.decline.offerIds = [OfferID("no-such-offer").message] }?.status == 202)
    }

    @Test func answersToInverseOffersThatAreNotThereArePassedOver() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let ids = [OfferID("M-O7").message]
        #expect(master.send(scheduler, .acceptInverseOffers) { $0.acceptInverseOffers.inverseOfferIds = ids }?.status == 202)
        #expect(master.send(scheduler, .declineInverseOffers) { $0.declineInverseOffers.inverseOfferIds = ids }?.status == 202)
        #expect(master.notices.suffix(2).allSatisfy { $0.contains("not valid any more") }, "\(master.notices)")
        #expect(master.events(of: scheduler.stream).isEmpty)
    }

    @Test func suppressAndReviveAreDroppedWholeIfOneRoleIsNotTheFrameworks() throws {
        var master = TestMaster()
        let scheduler = try master.scheduler(TestMaster.frameworkInfo(roles: ["a", "b"]))
        #expect(master.send(scheduler, .suppress) { $0.suppress.roles = ["a", "not-mine"] }?.status == 202)
        #expect(master.core.state.frameworks[scheduler.id]?.suppressed.isEmpty == true)
        master.send(scheduler, .suppress) { $0.suppress.roles = ["a", "a"] }
        #expect(master.core.state.frameworks[scheduler.id]?.suppressed == [RoleName("a")])
        master.send(scheduler, .revive) { $0.revive.roles = ["a", "not-mine"] }
        #expect(master.core.state.frameworks[scheduler.id]?.suppressed == [RoleName("a")])
    }
}
