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
    /// Tickets by the address of the message under way: the library keeps the message until its outcome,
    /// so no other has that address meanwhile.
    var tickets: [UInt: Int] = [:]
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

  func expect(_ message: UInt, _ ticket: Int) { state.withLock { $0.tickets[message] = ticket } }

  func forget(_ message: UInt) { _ = state.withLock { $0.tickets.removeValue(forKey: message) } }

  func settle(_ message: UInt, _ outcome: ForwardOutcome) {
    let (receiver, ticket) = state.withLock { state in
      (state.receiver, state.tickets.removeValue(forKey: message))
    }
    if let ticket { receiver?.settled(ticket, outcome) }
  }

  func warn(_ error: BusError) { state.withLock { $0.receiver }?.warned(error) }

  func lose(_ error: BusError) { state.withLock { $0.receiver }?.lost(error) }

  /// Tells nothing any more.
  func close() {
    state.withLock { state in
      state.receiver = nil
      state.tickets = [:]
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
      .failed(
        NATSError.error(
          unsafe failure.pointee.Err, inbox.place, inbox.location,
          code: code.rawValue == 0 ? nil : code, detail: detail)))
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
  inbox.warn(NATSError.error(status, inbox.place, inbox.location, detail: detail))
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
