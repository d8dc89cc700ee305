// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS
internal import Glibc

/// One connection with its JetStream context. Every call may block: not for the cooperative threads.
///
/// `@unchecked Sendable`: the pointers never change, the library locks what they point to, and `close` is
/// the last call; its caller keeps one queue for all of them, so that `publishing` has one user at a time.
@safe final class JetStreamContext: @unchecked Sendable {
  let location: NATSLocation
  /// The stream and its server, for messages.
  let place: String
  let inbox: AckInbox
  let connection: OpaquePointer
  let stream: OpaquePointer
  /// What acknowledgements come by.
  private let answers: OpaquePointer
  /// Only to be used where calls are: what publishing keeps from one event to the next.
  var publishing: Publishing

  /// Connects to `server`, once.
  init(
    _ location: NATSLocation, _ server: NATSLocation.Server, _ inbox: AckInbox
  ) throws(BusError) {
    self.location = location
    self.inbox = inbox
    place = inbox.place
    let closure = unsafe inbox.leaked()
    let options = try unsafe NATSOptions(location, server, closure: closure)
    var connection: OpaquePointer?
    let status = withExtendedLifetime(options) {
      unsafe natsConnection_Connect(&connection, options.pointer)
    }
    try NATSError.check(status, "\(server)", location)
    var settings = unsafe jsOptions()
    unsafe jsOptions_Init(&settings)
    unsafe settings.Wait = 5000
    var stream: OpaquePointer?
    var answers: OpaquePointer?
    do {
      try unsafe NATSError.check(
        natsConnection_JetStream(&stream, connection, &settings), place, location)
      publishing = try Publishing(place, location)
      try unsafe NATSError.check(
        natsConnection_Subscribe(
          &answers, connection, publishing.answers, natsAnswered, closure), place, location)
    } catch {
      unsafe jsCtx_Destroy(stream)
      unsafe natsConnection_Destroy(connection)
      throw error
    }
    guard let connection = unsafe connection, let stream = unsafe stream,
      let answers = unsafe answers
    else {
      throw BusError(.failed, "\(place): no memory for a connection")
    }
    unsafe self.connection = connection
    unsafe self.stream = stream
    unsafe self.answers = answers
    // An acknowledgement that is dropped would be waited for.
    _ = unsafe natsSubscription_SetPendingLimits(answers, -1, -1)
  }

  /// Other servers of the cluster, as `nats://host:port`.
  var discovered: [NATSLocation.Server] {
    var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    var count: Int32 = 0
    guard unsafe natsConnection_GetDiscoveredServers(connection, &list, &count) == NATS_OK else {
      return []
    }
    var servers: [NATSLocation.Server] = []
    for index in 0..<Int(count) {
      guard let text = unsafe list?[index] else { continue }
      let url = unsafe String(cString: text)
      if let read = try? NATSLocation(
        rest: url[(url.firstRange(of: "//")?.lowerBound ?? url.startIndex)...], secure: false)
      {
        servers += read.servers
      }
      unsafe free(text)
    }
    unsafe free(list)
    return servers
  }

  /// Tells nothing any more, and lets go. Call once.
  func close() {
    inbox.close()
    unsafe natsConnection_Close(connection)
    unsafe natsSubscription_Destroy(answers)
    unsafe jsCtx_Destroy(stream)
    unsafe natsConnection_Destroy(connection)
  }
}
