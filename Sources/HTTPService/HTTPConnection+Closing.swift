import Logging
import NIOCore

extension HTTPConnection {
    /// Closes without ceremony. What was not sent is lost.
    func closeNow() {
        channelContext?.close(promise: nil)
    }

    /// Closes our half and gives the client time to read the last answer: a socket closed with unread bytes in it is reset,
    /// and a reset takes the answer away from a client that is still sending (RFC 9112, section 9.6).
    func lastAnswerWritten() {
        guard let channelContext, !isInputClosed else { return closeNow() }
        isLingering = true
        sendDeadline = nil
        closeDeadline = .now() + TimeAmount(limits.lingerTimeout)
        if !isDiscardingBody { closeOutput(channelContext) }
        resumeReading()
    }

    /// A client that is still sending takes the end of our half for a failure and may not look at the answer: it comes after the body.
    func refusedBodyEnded() {
        guard isDiscardingBody else { return }
        isDiscardingBody = false
        if isLingering, let channelContext { closeOutput(channelContext) }
    }

    private func closeOutput(_ context: ChannelHandlerContext) {
        let promise = worker.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenFailure { _ in self.closeNow() }
        context.close(mode: .output, promise: promise)
    }

    /// The client has closed its half, or all of it, which looks the same from here.
    ///
    /// It may still read the answers it waits for, and has `sendTimeout` to get them. A stream's client is taken to be gone.
    func inputClosed() {
        isInputClosed = true
        if isLingering || isStreaming { return closeNow() }
        partial = nil
        bodyStream?.fail()
        bodyStream = nil
        receiveDeadline = nil
        input = .ignored
        guard !closesAfterFlush else { return }
        guard exchanges.isEmpty else {
            closeDeadline = .now() + TimeAmount(limits.sendTimeout)
            return
        }
        closesAfterFlush = true
        needsFlush = true
        flush()
    }

    /// The server shuts down: nothing new is taken, what was taken is answered.
    func endSoon() {
        isEnding = true
        if exchanges.isEmpty, partial == nil, !closesAfterFlush, !isLingering {
            return closeNow()
        }
        for case .streaming(let stream, _, _) in exchanges.map(\.state) {
            stream.finish()
        }
    }

    // MARK: Timeouts

    func isOverdue(at now: NIODeadline) -> Bool {
        if let receiveDeadline, receiveDeadline < now { return true }
        if let sendDeadline, sendDeadline < now { return true }
        guard let closeDeadline else { return false }
        return closeDeadline < now
    }

    func timeOut(at now: NIODeadline) {
        if let closeDeadline, closeDeadline < now {
            return closeNow()
        }
        if let sendDeadline, sendDeadline < now {
            return checkSending(at: now)
        }
        receiveDeadline = nil
        switch input {
        case .idle, .ignored:
            closeNow()
        case .head:
            refuse(408, "The request's head was not complete within \(limits.headTimeout).")
        case .body:
            refuse(408, "The request's body was not complete within \(limits.bodyTimeout).")
        }
    }

    /// From now on the client must read what was written to it.
    func expectReading() {
        unsentBytes = .max
        sendDeadline = .now() + TimeAmount(limits.sendTimeout)
    }

    /// A client that reads slowly gets more time, one that reads nothing does not.
    private func checkSending(at now: NIODeadline) {
        let option = ChannelOptions.Types.BufferedWritableBytesOption()
        let unsent = (try? channelContext?.channel.syncOptions?.getOption(option)) ?? 0
        guard unsent < unsentBytes else {
            shared.logger.info(
                "client does not read its answer, connection closed",
                metadata: ["peer": "\(peer)", "unsentBytes": "\(unsent)"]
            )
            return closeNow()
        }
        unsentBytes = unsent
        sendDeadline = now + TimeAmount(limits.sendTimeout)
    }
}
