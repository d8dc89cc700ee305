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
    var pending = AckTable()
    /// Why no answer will come by this connection.
    var deafness: BusError?
    /// When what took too long was last looked for.
    var lookedAt = ContinuousClock.now
    /// Subjects that the server would not let us publish to, a while ago.
    var forbidden: [String: (until: ContinuousClock.Instant, error: BusError)] = [:]
  }

  let location: NATSLocation
  /// The server or stream, for messages.
  let place: String
  /// What the stream signs its answers with.
  let stream: [UInt8]
  private let state: Mutex<State>
  /// Answers that were read; `nil` once closed.
  private let spent = Mutex<SpentMessages?>(SpentMessages())

  init(_ receiver: any ForwardReceiver, _ location: NATSLocation, place: String) {
    self.location = location
    self.place = place
    stream = Array(location.stream.name.utf8)
    state = Mutex(State(receiver: receiver))
  }

  /// The pointer for the library.
  func leaked() -> UnsafeMutableRawPointer { unsafe Unmanaged.passRetained(self).toOpaque() }

  /// The token that the answer to the event of `ticket` will come with; `nil` when too many are under way.
  func expect(
    _ ticket: Int, on subject: String, at now: ContinuousClock.Instant
  ) -> Int? {
    state.withLock { $0.pending.expect(ticket, on: subject, at: now) }
  }

  func settle(_ token: Int, _ outcome: ForwardOutcome) {
    let (receiver, ticket) = state.withLock { ($0.receiver, $0.pending.settle(token)) }
    if let ticket { receiver?.settled(ticket, outcome) }
  }

  /// Settles what the answer `message` is for, and takes it over.
  func settle(_ token: Int, _ outcome: ForwardOutcome, by message: OpaquePointer) {
    settle(token, outcome)
    let isKept = spent.withLock { spent in
      if spent?.isFull == true { spent?.destroy() }
      return unsafe spent?.add(message) != nil
    }
    if !isKept { unsafe natsMsg_Destroy(message) }
  }

  /// Lets go of answers that were read.
  func sweep() { spent.withLock { $0?.destroy() } }

  func settle(ticket: Int, _ outcome: ForwardOutcome) {
    state.withLock { $0.receiver }?.settled(ticket, outcome)
  }

  /// Gives up on what has had no answer for `JetStreamContext.acknowledgeWithin`; to be called now and then,
  /// looks ten times a second.
  func giveUp(at now: ContinuousClock.Instant) {
    let (receiver, tickets) = state.withLock { state -> ((any ForwardReceiver)?, [Int]) in
      guard state.lookedAt.advanced(by: .milliseconds(100)) <= now else { return (nil, []) }
      state.lookedAt = now
      let since = now.advanced(by: .zero - JetStreamContext.acknowledgeWithin)
      return (state.receiver, state.pending.settleAll(before: since))
    }
    guard !tickets.isEmpty else { return }
    let late = ForwardOutcome.failed(
      NATSError.error(NATS_TIMEOUT, place, location, detail: nil))
    for ticket in tickets { receiver?.settled(ticket, late) }
  }

  /// Why the server would not take this subject, if it said so not long ago: asked for again only now and
  /// then, since a message that gets no answer is waited for as long as one may take.
  func forbids(_ subject: String) -> BusError? {
    state.withLock { state in
      guard !state.forbidden.isEmpty, let known = state.forbidden[subject] else { return nil }
      if known.until > .now { return known.error }
      state.forbidden[subject] = nil
      return nil
    }
  }

  /// The server does not let us publish to `subject`; it says so once for each message, and no
  /// acknowledgement follows. O(messages under way).
  func forbid(_ subject: String, _ error: BusError) {
    let (receiver, tickets) = state.withLock { state in
      let until = ContinuousClock.now.advanced(by: JetStreamContext.acknowledgeWithin)
      state.forbidden[subject] = (until, error)
      return (state.receiver, state.pending.settleAll(on: subject))
    }
    for ticket in tickets { receiver?.settled(ticket, .denied(error)) }
  }

  func warn(_ error: BusError) { state.withLock { $0.receiver }?.warned(error) }

  func lose(_ error: BusError) { state.withLock { $0.receiver }?.lost(error) }

  /// The server does not let us listen: no answer will come, to what is published or asked.
  func deafen(_ error: BusError) {
    let receiver = state.withLock { state in
      state.deafness = error
      return state.receiver
    }
    receiver?.lost(error)
  }

  /// Why no answer will come; `nil` as far as is known.
  var deafness: BusError? { state.withLock { $0.deafness } }

  /// Tells nothing any more.
  func close() {
    spent.withLock { spent in
      spent?.destroy()
      spent = nil
    }
    state.withLock { state in
      state.receiver = nil
      state.pending = AckTable()
    }
  }
}

private func inbox(_ closure: UnsafeMutableRawPointer?) -> AckInbox? {
  guard let closure = unsafe closure else { return nil }
  return unsafe Unmanaged<AckInbox>.fromOpaque(closure).takeUnretainedValue()
}

// Callbacks stand at file scope: a closure would take on its maker's isolation, which the library's
// threads do not keep.

/// Called for each message's answer; its subject ends in the token. The answer is ours from here on.
nonisolated func natsAnswered(
  _ connection: OpaquePointer?, _ subscription: OpaquePointer?, _ message: OpaquePointer?,
  _ closure: UnsafeMutableRawPointer?
) {
  guard let inbox = unsafe inbox(closure), let message = unsafe message,
    let token = unsafe Publishing.token(in: natsMsg_GetSubject(message))
  else {
    unsafe natsMsg_Destroy(message)
    return
  }
  unsafe inbox.settle(token, outcome(message, inbox), by: message)
}

private func outcome(_ message: OpaquePointer?, _ inbox: AckInbox) -> ForwardOutcome {
  let length = unsafe Int(natsMsg_GetDataLength(message))
  guard length > 0, let data = unsafe natsMsg_GetData(message) else {
    // The server's own word: nobody takes this subject.
    return NATSError.outcome(
      unsafe natsMsg_IsNoResponders(message) ? NATS_NO_RESPONDERS : NATS_ERR, inbox.place,
      inbox.location, code: nil, detail: nil)
  }
  let answer = unsafe data.withMemoryRebound(to: UInt8.self, capacity: length) { bytes in
    unsafe PublishAnswer(UnsafeBufferPointer(start: bytes, count: length), from: inbox.stream)
  }
  switch answer {
  case .stored(let duplicate): return .stored(duplicate: duplicate)
  case .failed(let code, let description):
    return NATSError.outcome(
      NATS_ERR, inbox.place, inbox.location,
      code: code == 0 ? nil : jsErrCode(rawValue: UInt32(clamping: code)), detail: description)
  case .elsewhere(let other):
    return .failed(
      BusError(
        .otherSettings,
        "\(inbox.place) is not there, and the stream \(ServerText.shown(other, limit: 64)) takes its events; "
          + "will try again"))
  case .unreadable:
    return NATSError.outcome(
      NATS_ERR, inbox.place, inbox.location, code: nil,
      detail: "its answer to an event is not a stream's")
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
    if status == NATS_NOT_PERMITTED, detail?.contains("for Subscription to") == true {
      inbox.deafen(error)
    } else {
      inbox.warn(error)
    }
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
