// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS
internal import Glibc

/// One connection with its JetStream context. Every call may block: not for the cooperative threads.
///
/// `@unchecked Sendable`: the pointers never change, the library locks what they point to, and `close` is
/// the last call (its caller keeps one queue for all of them).
@safe final class JetStreamContext: @unchecked Sendable {
  let location: NATSLocation
  /// The stream and its server, for messages.
  let place: String
  let inbox: AckInbox
  private let connection: OpaquePointer
  let stream: OpaquePointer

  /// Connects to `server`, once. `inFlight` is the most that is published and not acknowledged.
  init(
    _ location: NATSLocation, _ server: NATSLocation.Server, _ inbox: AckInbox, inFlight: Int
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
    // Room to spare, since the library would block where there is none.
    unsafe settings.PublishAsync.MaxPending = Int64(inFlight) * 2
    unsafe settings.PublishAsync.AckHandler = natsAcknowledged
    unsafe settings.PublishAsync.AckHandlerClosure = closure
    unsafe settings.Wait = 5000
    var stream: OpaquePointer?
    do {
      try unsafe NATSError.check(
        natsConnection_JetStream(&stream, connection, &settings), place, location)
    } catch {
      unsafe natsConnection_Destroy(connection)
      throw error
    }
    guard let connection = unsafe connection, let stream = unsafe stream else {
      throw BusError(.failed, "\(place): no memory for a connection")
    }
    unsafe self.connection = connection
    unsafe self.stream = stream
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
    unsafe jsCtx_Destroy(stream)
    unsafe natsConnection_Destroy(connection)
  }
}
