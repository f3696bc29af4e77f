/// What a page is told to do, and what it says.
extension Browser {
    /// Goes to an address.
    package func open(_ address: String) async throws {
        try await send("Page.navigate", ["url": address])
    }

    /// Sets the size of the window, in pixels of the page.
    package func resize(_ width: Int, _ height: Int) async throws {
        try await send(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600]
        )
    }

    /// What an expression of JavaScript comes to, as text.
    package func value(_ expression: String) async throws -> String {
        let answer = try await send(
            "Runtime.evaluate",
            ["expression": "(async () => String(await (\(expression))))()", "awaitPromise": true, "returnByValue": true]
        )
        if let details = answer["exceptionDetails"] { throw Refused(description: "\(expression): \(details)") }
        return (answer["result"] as? [String: Any])?["value"] as? String ?? ""
    }
}
