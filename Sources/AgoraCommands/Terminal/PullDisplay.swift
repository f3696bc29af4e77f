import Foundation
import MesosMessages

/// How pulls go, on standard error: on a terminal a line for each machine that is written anew, otherwise a line for each
/// layer that is there.
actor PullDisplay {
    /// Machines shown at the same time on a terminal.
    static let maximumLines = 20

    private let isTerminal: Bool
    private let width: Int
    private let write: @Sendable (String) async -> Void
    private var pulls: [String: PullState] = [:]
    private var linesShown = 0

    /// On standard error, as the terminal or the pipe there wants it.
    static func onStandardError() -> PullDisplay {
        PullDisplay(isTerminal: Terminal.isColourful(.error), write: { await Terminal.write(Array($0.utf8), to: .error) })
    }

    init(isTerminal: Bool, width: Int = Terminal.size(.error)?.columns ?? 200, write: @escaping @Sendable (String) async -> Void) {
        self.isTerminal = isTerminal
        self.width = width
        self.write = write
    }

    func show(_ event: Agora_V1_ImageEvent, of node: String) async {
        let before = pulls[node]?.ready ?? 0
        pulls[node, default: PullState()].apply(event)
        guard let pull = pulls[node], pull.total > 0 else { return }
        if isTerminal { return await redraw() }
        guard pull.ready > before else { return }
        await write("agora: \(node): \(pull.ready) of \(pull.total) layers\n")
    }

    /// Something else is written: what comes next stands below it.
    func leave() {
        linesShown = 0
    }

    private func redraw() async {
        var lines = pulls.sorted { $0.key < $1.key }.prefix(Self.maximumLines).map { "\($0.key)  \($0.value.text)" }
        if pulls.count > Self.maximumLines { lines.append("and \(pulls.count - Self.maximumLines) more") }
        // A line that wraps could not be written over.
        let text = lines.map { "\u{1b}[2K\($0.printable.prefix(max(1, width - 1)))\n" }.joined()
        let up = linesShown > 0 ? "\u{1b}[\(linesShown)A" : ""
        linesShown = lines.count
        await write(up + text)
    }
}

/// How far one machine is with a pull.
struct PullState {
    private var present = 0
    private var layers: [String: Agora_V1_ImageEvent.Layer] = [:]

    /// How many layers the image has; 0: that is not known yet.
    var total: Int { present + layers.count }
    var ready: Int { present + layers.values.count { $0.state == .ready } }

    mutating func apply(_ event: Agora_V1_ImageEvent) {
        if event.type == .resolved { present = Int(event.present) }
        for layer in event.layers { layers[layer.diffID] = layer }
    }

    /// "2 of 5 layers  12.1 MiB of 40.0 MiB".
    var text: String {
        let loading = layers.values.filter { $0.state == .downloading }
        let bytes = loading.reduce(0) { $0 &+ $1.bytes }
        let all = loading.reduce(0) { $0 &+ max($1.total, $1.bytes) }
        let unpacking = layers.values.count { $0.state == .unpacking }
        var parts = ["\(ready) of \(total) layers"]
        if !loading.isEmpty { parts.append("\(ByteText.text(bytes)) of \(ByteText.text(all))") }
        if unpacking > 0 { parts.append("unpacking \(unpacking)") }
        return parts.joined(separator: "  ")
    }
}
