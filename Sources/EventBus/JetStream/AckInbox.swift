// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS
internal import Synchronization

/// Where the library's threads leave what they have to tell of one connection.
///
/// Handed to the library as a bare pointer and never released: nothing says when its last thread is done
/// with it. That is a few hundred bytes for each connection that was made.
final class AckInbox: Sendable {
  private struct State {
    var receiver: (any ForwardReceiver)?
    /// Tickets and subjects by the address of the message under way: the library keeps the message until its
    /// outcome, so no other has that address meanwhile.
    var pending: [UInt: (ticket: Int, subject: String)] = [:]
    /// Subjects that the server would not let us publish to, a while ago.
    var forbidden: [String: (until: ContinuousClock.Instant, error: BusError)] = [:]
  }

  let location: NATSLocation
  /// The server or stream, for messages.
  let place: String
  private let state: Mutex<State>

  init(_ receiver: any ForwardReceiver, _ location: NATSLocation, place: String) {
    self.location = location
    self.place = place
    state = Mutex(State(receiver: receiver))
  }

  /// The pointer for the library.
  func leaked() -> UnsafeMutableRawPointer { unsafe Unmanaged.passRetained(self).toOpaque() }

  func expect(_ message: UInt, _ ticket: Int, on subject: String) {
    state.withLock { $0.pending[message] = (ticket, subject) }
  }

  func settle(_ message: UInt, _ outcome: ForwardOutcome) {
    let (receiver, known) = state.withLock { state in
      (state.receiver, state.pending.removeValue(forKey: message))
    }
    if let known { receiver?.settled(known.ticket, outcome) }
  }

  func settle(ticket: Int, _ outcome: ForwardOutcome) {
    state.withLock { $0.receiver }?.settled(ticket, outcome)
  }

  /// Why the server would not take this subject, if it said so not long ago: asked for again only now and
  /// then, since the library holds each message that gets no answer for as long as one may take.
  func forbids(_ subject: String) -> BusError? {
    state.withLock { state in
      guard let known = state.forbidden[subject] else { return nil }
      if known.until > .now { return known.error }
      state.forbidden[subject] = nil
      return nil
    }
  }

  /// The server does not let us publish to `subject`; it says so once for each message, and no
  /// acknowledgement follows. O(messages under way).
  func forbid(_ subject: String, _ error: BusError) {
    let (receiver, tickets) = state.withLock { state in
      let until = ContinuousClock.now.advanced(
        by: .milliseconds(JetStreamContext.acknowledgeWithin))
      state.forbidden[subject] = (until, error)
      let messages = state.pending.filter { $0.value.subject == subject }
      for message in messages.keys { state.pending[message] = nil }
      return (state.receiver, messages.values.map(\.ticket))
    }
    for ticket in tickets { receiver?.settled(ticket, .denied(error)) }
  }

  func warn(_ error: BusError) { state.withLock { $0.receiver }?.warned(error) }

  func lose(_ error: BusError) { state.withLock { $0.receiver }?.lost(error) }

  /// Tells nothing any more.
  func close() {
    state.withLock { state in
      state.receiver = nil
      state.pending = [:]
    }
  }
}

private func inbox(_ closure: UnsafeMutableRawPointer?) -> AckInbox? {
  guard let closure = unsafe closure else { return nil }
  return unsafe Unmanaged<AckInbox>.fromOpaque(closure).takeUnretainedValue()
}

// Callbacks stand at file scope: a closure would take on its maker's isolation, which the library's
// threads do not keep.

/// Called for each message's outcome; the message is ours from here on.
nonisolated func natsAcknowledged(
  _ stream: OpaquePointer?, _ message: OpaquePointer?, _ ack: UnsafeMutablePointer<jsPubAck>?,
  _ failure: UnsafeMutablePointer<jsPubAckErr>?, _ closure: UnsafeMutableRawPointer?
) {
  defer { unsafe natsMsg_Destroy(message) }
  guard let inbox = unsafe inbox(closure), let message = unsafe message else { return }
  let address = UInt(bitPattern: message)
  if let failure = unsafe failure {
    let detail = unsafe failure.pointee.ErrText.map { unsafe String(cString: $0) }
    let code = unsafe failure.pointee.ErrCode
    inbox.settle(
      address,
      NATSError.outcome(
        unsafe failure.pointee.Err, inbox.place, inbox.location,
        code: code.rawValue == 0 ? nil : code, detail: detail))
  } else if let ack = unsafe ack {
    inbox.settle(address, .stored(duplicate: unsafe ack.pointee.Duplicate))
  }
}

/// Called for what goes wrong between answers, such as a subject that may not be published to.
nonisolated func natsReported(
  _ connection: OpaquePointer?, _ subscription: OpaquePointer?, _ status: natsStatus,
  _ closure: UnsafeMutableRawPointer?
) {
  guard let inbox = unsafe inbox(closure) else { return }
  var text: UnsafePointer<CChar>?
  _ = unsafe natsConnection_GetLastError(connection, &text)
  let detail = unsafe text.map { unsafe String(cString: $0) }
  let error = NATSError.error(status, inbox.place, inbox.location, detail: detail)
  guard status == NATS_NOT_PERMITTED, let subject = NATSError.subject(inViolation: detail) else {
    inbox.warn(error)
    return
  }
  if subject.hasPrefix("$JS.") {
    // What is asked there gets no answer, and without one nothing may be sent again.
    inbox.lose(error)
  } else {
    inbox.forbid(subject, error)
  }
}

/// Called when the connection has ended, for whatever reason.
nonisolated func natsClosed(_ connection: OpaquePointer?, _ closure: UnsafeMutableRawPointer?) {
  guard let inbox = unsafe inbox(closure) else { return }
  var text: UnsafePointer<CChar>?
  let status = unsafe natsConnection_GetLastError(connection, &text)
  let detail = unsafe text.map { unsafe String(cString: $0) }
  inbox.lose(
    NATSError.error(
      status == NATS_OK ? NATS_CONNECTION_CLOSED : status, inbox.place, inbox.location,
      detail: detail))
}
