import BrowserDriving
import Foundation
import TestSupport
import Testing

/// What a person does with a page.
extension Browser {
    /// All that can be read.
    var text: String {
        get async throws { try await value("document.body.innerText") }
    }

    /// Waits until an expression is true; records what is to be read if it does not become so.
    func wait(
        until expression: String,
        within patience: Duration = .seconds(30),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        // Between two pages there is nothing to ask.
        let isTrue = await eventually(within: patience) { (try? await value(expression)) == "true" }
        guard !isTrue else { return }
        Issue.record(
            "\(expression) did not become true; the page shows:\n\((try? await text) ?? "nothing")",
            sourceLocation: sourceLocation
        )
        throw Refused(description: "waited in vain for \(expression)")
    }

    /// Waits until words are to be read.
    func wait(for words: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await wait(until: "document.body.innerText.includes(\(Self.literal(words)))", sourceLocation: sourceLocation)
    }

    /// Waits until words are not to be read any more.
    func wait(forNo words: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await wait(until: "!document.body.innerText.includes(\(Self.literal(words)))", sourceLocation: sourceLocation)
    }

    /// Presses the link or button that says this, once it is there.
    func press(_ words: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let found = "[...document.querySelectorAll('a, button')].find(e => e.textContent.trim() === \(Self.literal(words)))"
        try await wait(until: "Boolean(\(found))", sourceLocation: sourceLocation)
        _ = try await value("\(found).click()")
    }

    /// Types text where the focus is.
    func type(_ text: String) async throws {
        try await send("Input.insertText", ["text": text])
    }

    /// Presses a key where the focus is.
    ///
    /// - Parameter modifiers: 1 for Alt, 2 for Ctrl, 8 for Shift, added up.
    func key(_ key: String, code: Int, modifiers: Int = 0) async throws {
        for kind in ["rawKeyDown", "keyUp"] {
            try await send(
                "Input.dispatchKeyEvent",
                ["type": kind, "key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers]
            )
        }
    }

    /// The controls of the page that have no name for those who do not see it.
    func namelessControls() async throws -> [String] {
        let controls: Set<String> = [
            "button", "link", "textbox", "searchbox", "combobox", "checkbox", "application", "image", "img", "navigation", "dialog",
        ]
        let nodes = try await send("Accessibility.getFullAXTree")["nodes"] as? [[String: Any]] ?? []
        return nodes.compactMap { node in
            let role = (node["role"] as? [String: Any])?["value"] as? String ?? ""
            let name = (node["name"] as? [String: Any])?["value"] as? String ?? ""
            guard controls.contains(role), name.isEmpty, node["ignored"] as? Bool != true else { return nil }
            return "\(role) \(node["nodeId"] ?? "")"
        }
    }

    /// As a literal of JavaScript.
    static func literal(_ text: String) -> String {
        let bytes = (try? JSONEncoder().encode(text)) ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }
}
