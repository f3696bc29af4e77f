import Foundation
import MesosAPI
import MesosMessages
import NIOCore
import SwiftProtobuf

/// An image's layer brought into the store, against `tar -x` of the same file; and what a container's image adds to its launch.
func benchmarkImages(_ agent: OperatorClient, rounds: Int, into report: inout Report) async throws {
    for compression in BenchmarkLayout.Compression.allCases {
        let layout = try BenchmarkLayout(compression)
        defer { layout.remove() }
        var (ours, theirs, synced): ([Duration], [Duration], [Duration]) = ([], [], [])
        for _ in 0..<rounds {
            ours.append(try await ContinuousClock().measure { try await agent.pull(layout.reference) })
            try await agent.removeImage(layout.reference)
            theirs.append(try layout.measureTar(synchronizing: false))
            synced.append(try layout.measureTar(synchronizing: true))
        }
        let name = compression.rawValue
        report.add("image: a layer of \(layout.megabytes) MB and \(layout.files) files, \(name) (median)", ours.median.seconds, "s")
        report.add("`tar -x` of the same, not on the disk yet (median)", theirs.median.seconds, "s")
        report.add("`tar -x` of the same and `sync` (median)", synced.median.seconds, "s")
        report.add("image: times of `tar -x`, \(name)", ours.median / theirs.median, "×", atMost: 1.5)
        report.add("image: times of `tar -x` and `sync`, \(name)", ours.median / synced.median, "×", atMost: 1.5)
    }
}

/// Launch, wait, remove of a static program, from the host's files and from an image that is stored.
func benchmarkImageLaunch(_ agent: OperatorClient, rounds: Int, into report: inout Report) async throws {
    let layout = try BenchmarkLayout.busybox()
    defer { layout.remove() }
    var (plain, inImage): ([Duration], [Duration]) = ([], [])
    for round in 0..<rounds + 5 {
        let without = try await ContinuousClock().measure { try await agent.runOnce("plain-\(round)", image: nil) }
        let with = try await ContinuousClock().measure { try await agent.runOnce("image-\(round)", image: layout.reference) }
        guard round >= 5 else { continue }
        plain.append(without)
        inImage.append(with)
    }
    report.add("container without image: launch, wait, remove (median)", plain.median.milliseconds, "ms")
    report.add("container from a stored image: the same (median)", inImage.median.milliseconds, "ms")
    report.add("what the image adds", (inImage.median - plain.median).milliseconds, "ms", atMost: 5)
    try await agent.removeImage(layout.reference)
}

extension OperatorClient {
    fileprivate func pull(_ image: String) async throws {
        let call = Agora_V1_ImageCall.with {
            $0.type = .pullImage
            $0.pullImage.image = image
        }
        var decoder = RecordIODecoder(maximumRecordLength: 1 << 20)
        decoder.append(try await post(call, to: "/api/v1/images").readableBytesView)
        var last = Agora_V1_ImageEvent()
        while let record = try decoder.next() { last = try MessageEncoding.protobuf.decode(Agora_V1_ImageEvent.self, from: record) }
        guard last.type == .done else { throw Refused(status: 0, text: last.message) }
    }

    fileprivate func removeImage(_ image: String) async throws {
        try await post(
            Agora_V1_ImageCall.with {
                $0.type = .removeImage
                $0.removeImage.image = image
            },
            to: "/api/v1/images"
        )
    }

    fileprivate func runOnce(_ name: String, image: String?) async throws {
        let id = containerID(name)
        try await post(Mesos_V1_Agent_Call.launch(id, ["/bin/busybox", "true"], image: image))
        try await wait(id)
        try await remove(id)
    }
}
