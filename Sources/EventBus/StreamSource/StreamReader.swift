// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS

/// A connection to one server, on which a durable consumer of a stream is read. Every call may block: not for the
/// cooperative threads.
///
/// `@unchecked Sendable`: all calls are made on one serial queue, and `close` is the last of them.
@safe final class StreamReader: @unchecked Sendable {
  /// Bytes of messages that one fetch may bring; a single message may be larger.
  static let fetchBytes: Int64 = 16 << 20

  /// Server, stream and consumer, for people.
  let description: String
  /// The stream's own, to tell it from one that was made anew under its name.
  let created: Int64
  /// The last place that the stream had given out when the session began.
  let end: Int64
  /// How far the consumer had come then.
  let begin: ConsumerStanding
  /// After how long the server brings again what was not acknowledged.
  let acknowledgeWithin: Duration
  let context: JetStreamContext
  /// What is read of the stream.
  let filter: String
  let consumer: String
  private let troubles: ReadingTroubles
  private let subscription: OpaquePointer
  /// Where deliveries come to, with the number of the request behind.
  private let inbox: String
  private var requests = 0
  /// By number of delivery, the subjects that it is settled by.
  private var open: [Int64: String] = [:]

  /// Connects, finds the stream, and finds or makes the consumer.
  ///
  /// Throws `missing` for a stream that is not there, `otherSettings` for a consumer that is not as it must be,
  /// and what `NATSError` tells of servers.
  init(
    _ location: NATSLocation, _ server: NATSLocation.Server, consumer: String
  ) throws(BusError) {
    let greeting = try ServerGreeting(server)
    let place = "stream \(location.stream.name) at \(server)"
    let troubles = ReadingTroubles()
    let answers = AckInbox(troubles, location, place: place)
    let context: JetStreamContext
    do throws(BusError) {
      context = try JetStreamContext(location, server, answers)
    } catch {
      answers.close()
      throw error
    }
    let isWorkQueue: Bool
    do {
      let filter = location.stream.filter
      let stream = try context.readableStream(filter, troubles)
      let found = try context.pullConsumer(consumer, filter, troubles)
      inbox = try Publishing.inbox(place, location)
      let opened = try unsafe context.subscription(inbox + ".*", troubles)
      unsafe subscription = opened
      self.filter = filter
      (created, isWorkQueue) = (stream.created, stream.isWorkQueue)
      end = stream.end
      begin = found.standing
      acknowledgeWithin = found.acknowledgeWithin
    } catch {
      context.close()
      throw error
    }
    self.context = context
    self.consumer = consumer
    self.troubles = troubles
    description =
      "NATS server \(greeting.version) at \(server), stream \(location.stream.name), "
      + "consumer \(consumer)"
      + (isWorkQueue ? "; the stream is a work queue, so that what is taken is gone from it" : "")
  }

  /// Other servers of the cluster.
  var discovered: [NATSLocation.Server] { context.discovered }

  /// Up to `limit` messages, as soon as there are any; none if there were none for as long as `wait`.
  func fetch(_ limit: Int, wait: Duration) throws(BusError) -> [Delivery] {
    if let error = troubles.error { throw error }
    do throws(BusError) {
      return try request(limit, bytes: Self.fetchBytes, wait)
    } catch {
      // A message larger than all that was asked for comes by itself.
      guard error.code == .full else { throw error }
      return try request(1, bytes: 0, wait)
    }
  }

  /// Asks by ourselves, not by the library's fetch: that of 3.4.1 cannot tell a late word on one request from the
  /// next one's answer, and where deliveries come late writes past the end of its list.
  private func request(
    _ limit: Int, bytes: Int64, _ wait: Duration
  ) throws(BusError) -> [Delivery] {
    requests += 1
    var deliveries: [Delivery] = []
    // With a time to wait: answered as soon as there is anything.
    let size = bytes > 0 ? ",\"max_bytes\":\(bytes)" : ""
    let body = "{\"batch\":\(limit)\(size),\"expires\":\(wait.nanoseconds),\"no_wait\":true}"
    try unsafe check(
      natsConnection_PublishRequestString(
        context.connection, "$JS.API.CONSUMER.MSG.NEXT.\(context.location.stream.name).\(consumer)",
        "\(inbox).\(requests)", body))
    let deadline = ContinuousClock.now.advanced(by: wait + .milliseconds(500))
    while deliveries.count < limit {
      let left = Int64(ContinuousClock.now.duration(to: deadline) / .milliseconds(1))
      var message: OpaquePointer?
      let status = unsafe natsSubscription_NextMsg(&message, subscription, max(1, left))
      if status == NATS_TIMEOUT {
        // A server that does not let us ask says so beside, and answers nothing.
        if let error = troubles.error { throw error }
        break
      }
      try check(status)
      guard let message = unsafe message else { break }
      defer { unsafe natsMsg_Destroy(message) }
      if let word = unsafe ServerWord(message) {
        guard word.request == requests, word.code != 100 else { continue }
        // What came is what there was; without anything some words are the reason.
        if deliveries.isEmpty, let error = word.error(at: context.place) { throw error }
        break
      }
      let reply = unsafe natsMsg_GetReply(message).map { unsafe String(cString: $0) } ?? ""
      guard let label = DeliveryLabel(reply) else {
        throw BusError(.failed, "\(context.place): a message came without its place")
      }
      open[label.number] = reply
      deliveries.append(
        Delivery(
          unsafe StreamMessage(message, sequence: label.sequence), number: label.number,
          isFirst: label.isFirst))
    }
    return deliveries
  }

  /// Acknowledges what is `taken`, and gives up for good what is `refused`, both by number of delivery. Returns
  /// when the server has taken note, but for refusals alone.
  func settle(taken: [Int64], refused: [Int64]) throws(BusError) {
    for number in refused { try publish("+TERM", number) }
    for number in taken.dropLast() { try publish("+ACK", number) }
    // The server goes through a connection in order, so that the answer to the last is one to all.
    if let number = taken.last, let reply = open[number] {
      var answer: OpaquePointer?
      try unsafe check(
        natsConnection_RequestString(&answer, context.connection, reply, "+ACK", 5000))
      unsafe natsMsg_Destroy(answer)
    }
    for number in refused + taken { open[number] = nil }
  }

  private func publish(_ word: String, _ number: Int64) throws(BusError) {
    guard let reply = open[number] else { return }
    try unsafe check(natsConnection_PublishString(context.connection, reply, word))
  }

  /// The messages at `places` that the consumer would hand over, read from the stream: `limit` of them at most,
  /// and the place that reading came to. One question to the server for each place.
  func read(
    _ places: ClosedRange<Int64>, limit: Int
  ) throws(BusError) -> (messages: [StreamMessage], last: Int64) {
    var found: [StreamMessage] = []
    var last = places.lowerBound - 1
    // Not too many at once, since nobody can stop it meanwhile.
    while last < places.upperBound, found.count < limit, last < places.lowerBound + 1024 {
      last += 1
      var message: OpaquePointer?
      var code = jsErrCode(0)
      let status = unsafe js_GetMsg(
        &message, context.stream, context.location.stream.name, UInt64(last), nil, &code)
      if status == NATS_NOT_FOUND || code == JSNoMessageFoundErr { continue }
      try check(status, code)
      guard let message = unsafe message else { continue }
      defer { unsafe natsMsg_Destroy(message) }
      let read = unsafe StreamMessage(message, sequence: last)
      if StreamFacts.covers(filter, read.subject) { found.append(read) }
    }
    return (found, last)
  }

  /// How far the consumer has come now.
  func standing() throws(BusError) -> ConsumerStanding {
    try context.consumer(consumer, troubles).standing
  }

  /// Lets go; what is not settled comes again. Call once.
  func close() {
    unsafe natsSubscription_Destroy(subscription)
    context.close()
  }

  private func check(_ status: natsStatus, _ code: jsErrCode = jsErrCode(0)) throws(BusError) {
    try context.check(status, code, troubles)
  }
}

extension StreamMessage {
  fileprivate init(_ message: OpaquePointer, sequence: Int64) {
    let count = Int(unsafe natsMsg_GetDataLength(message))
    let subject = unsafe natsMsg_GetSubject(message).map { unsafe String(cString: $0) }
    let body: [UInt8] =
      if count > 0, let data = unsafe natsMsg_GetData(message) {
        unsafe Array(UnsafeRawBufferPointer(start: data, count: count))
      } else {
        []
      }
    self.init(sequence: sequence, subject: subject ?? "", body: body)
  }
}

extension StreamSettings {
  /// The subjects that are read: of one kind, or of all, since a consumer has one filter.
  var filter: String { kinds.count == 1 ? "\(prefix).\(kinds[0]).>" : "\(prefix).>" }
}
