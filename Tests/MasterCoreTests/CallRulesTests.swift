import Cluster
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
        Case(status: 501, words: "operation RESERVE is not built yet") {
            $0.type = .accept
            $0.accept.operations = [.init(), .init()]
            $0.accept.operations[0].type = .launch
            $0.accept.operations[0].launch = .init()
            $0.accept.operations[1].type = .reserve
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

    @Test(arguments: [
        Mesos_V1_Scheduler_Call.TypeEnum.message, .shutdown, .updateFramework, .acceptInverseOffers, .declineInverseOffers,
        .reconcileOperations, .acknowledgeOperationStatus,
    ])
    func whatIsNotBuiltSaysSo(_ type: Mesos_V1_Scheduler_Call.TypeEnum) throws {
        var master = TestMaster()
        let scheduler = try master.scheduler()
        let answer = master.send(scheduler, type) { call in
            call.message = .init()
            call.shutdown = .init()
            call.updateFramework = .init()
            call.acceptInverseOffers = .init()
            call.declineInverseOffers = .init()
            call.reconcileOperations = .init()
            call.acknowledgeOperationStatus = .init()
        }
        #expect(answer?.status == 501)
        #expect(answer?.text.contains("not built yet") == true)
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
}
