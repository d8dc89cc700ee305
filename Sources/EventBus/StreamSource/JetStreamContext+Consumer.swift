// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS
internal import Glibc

extension JetStreamContext {
  /// A consumer as the server has it.
  struct FoundConsumer {
    var standing: ConsumerStanding
    var acknowledgeWithin: Duration
  }

  /// After how long the server brings again what was not acknowledged; a commit takes a fraction of that.
  static let consumerWait = Duration.seconds(5)
  /// Messages that may be handed over and not acknowledged: those of a batch, and those of one before a crash.
  static let consumerOpen: Int64 = 4096

  /// Throws what the library's threads found, if they did, since that says more than the status of a call.
  func check(
    _ status: natsStatus, _ code: jsErrCode, _ troubles: ReadingTroubles
  ) throws(BusError) {
    guard status != NATS_OK else { return }
    let detail = NATSError.lastError
    throw troubles.error
      ?? NATSError.error(
        status, place, location, code: code.rawValue == 0 ? nil : code, detail: detail)
  }

  /// Finds the stream, which must be there, have the settings that the location asks for, and hold subjects
  /// that `filter` is for. A work queue removes what is acknowledged.
  func readableStream(
    _ filter: String, _ troubles: ReadingTroubles
  ) throws(BusError) -> (created: Int64, end: Int64, isWorkQueue: Bool) {
    let wanted = location.stream
    var info: UnsafeMutablePointer<jsStreamInfo>?
    var code = jsErrCode(0)
    let status = unsafe js_GetStreamInfo(&info, stream, wanted.name, nil, &code)
    if status == NATS_NOT_FOUND || code == JSStreamNotFoundErr {
      throw BusError(
        .missing, "\(place) is not there; check its name, or forward events to it first")
    }
    if status == NATS_NO_RESPONDERS, code.rawValue == 0 {
      throw BusError(
        .unreachable, "\(place): JetStream does not answer; start the server with -js, or wait",
        cause: NATSError.text(status))
    }
    try check(status, code, troubles)
    defer { unsafe jsStreamInfo_Destroy(info) }
    guard let info = unsafe info, let config = unsafe info.pointee.Config else {
      throw BusError(.failed, "\(place): the server tells nothing of the stream")
    }
    var facts = unsafe StreamFacts(config.pointee)
    // A stream that only mirrors others has no subjects of its own.
    guard
      facts.subjects.isEmpty || facts.subjects.contains(where: { StreamFacts.meets($0, filter) })
    else {
      let found = ServerText.shown(facts.subjects.joined(separator: ", "))
      throw BusError(
        .otherSettings,
        "\(place): the stream takes \(found), and nothing of \(filter); give kinds= or prefix=")
    }
    // What stands in the way of publishing does not in that of reading.
    facts.subjects = wanted.subjects
    facts.acknowledges = true
    facts.isSealed = false
    if let difference = facts.difference(from: wanted) {
      throw BusError(.otherSettings, "\(place): \(difference)")
    }
    return unsafe (
      info.pointee.Created, Int64(clamping: info.pointee.State.LastSeq),
      config.pointee.Retention == js_WorkQueuePolicy
    )
  }

  /// Finds the consumer, or makes it so that it begins with the first message there is.
  func pullConsumer(
    _ name: String, _ filter: String, _ troubles: ReadingTroubles
  ) throws(BusError) -> FoundConsumer {
    var info: UnsafeMutablePointer<jsConsumerInfo>?
    var code = jsErrCode(0)
    var status = unsafe js_GetConsumerInfo(
      &info, stream, location.stream.name, name, nil, &code)
    if status == NATS_NOT_FOUND || code == JSConsumerNotFoundErr {
      code = jsErrCode(0)
      (status, code) = unsafe make(name, filter, &info)
    }
    try check(status, code, troubles)
    defer { unsafe jsConsumerInfo_Destroy(info) }
    guard let info = unsafe info, let config = unsafe info.pointee.Config else {
      throw BusError(.failed, "\(place): the server tells nothing of the consumer")
    }
    if let difference = unsafe Self.difference(config.pointee, filter) {
      throw BusError(
        .otherSettings,
        "\(place): the consumer \(name) \(difference); give another name with --consumer, or delete it"
      )
    }
    return unsafe FoundConsumer(info.pointee)
  }

  /// The consumer as it is now.
  func consumer(_ name: String, _ troubles: ReadingTroubles) throws(BusError) -> FoundConsumer {
    var info: UnsafeMutablePointer<jsConsumerInfo>?
    var code = jsErrCode(0)
    let status = unsafe js_GetConsumerInfo(
      &info, stream, location.stream.name, name, nil, &code)
    if status == NATS_NOT_FOUND || code == JSConsumerNotFoundErr {
      // Removed under way: a new session makes it again.
      throw BusError(.unreachable, "\(place) has lost the consumer \(name); will try again")
    }
    try check(status, code, troubles)
    defer { unsafe jsConsumerInfo_Destroy(info) }
    guard let info = unsafe info else {
      throw BusError(.failed, "\(place): the server tells nothing of the consumer")
    }
    return unsafe FoundConsumer(info.pointee)
  }

  /// Listens at a subject.
  func subscription(
    _ subject: String, _ troubles: ReadingTroubles
  ) throws(BusError) -> OpaquePointer {
    var subscription: OpaquePointer?
    try unsafe check(
      natsConnection_SubscribeSync(&subscription, connection, subject), jsErrCode(0), troubles)
    guard let subscription = unsafe subscription else {
      throw BusError(.failed, "\(place): no memory for a subscription")
    }
    // What was asked for is never dropped here for want of room: it is bounded by the asking.
    unsafe natsSubscription_SetPendingLimits(subscription, -1, -1)
    return unsafe subscription
  }

  private func make(
    _ name: String, _ filter: String, _ info: inout UnsafeMutablePointer<jsConsumerInfo>?
  ) -> (natsStatus, jsErrCode) {
    var config = unsafe jsConsumerConfig()
    unsafe jsConsumerConfig_Init(&config)
    let texts = unsafe [strdup(name), strdup(filter), strdup("sightline bus bridge")]
    defer { unsafe texts.forEach { unsafe free($0) } }
    unsafe config.Durable = unsafe UnsafePointer(texts[0])
    unsafe config.FilterSubject = unsafe UnsafePointer(texts[1])
    unsafe config.Description = unsafe UnsafePointer(texts[2])
    unsafe config.DeliverPolicy = js_DeliverAll
    unsafe config.AckPolicy = js_AckExplicit
    unsafe config.AckWait = Self.consumerWait.nanoseconds
    unsafe config.ReplayPolicy = js_ReplayInstant
    unsafe config.MaxAckPending = Self.consumerOpen
    var code = jsErrCode(0)
    let status = unsafe js_AddConsumer(&info, stream, location.stream.name, &config, nil, &code)
    return (status, code)
  }

  /// What of a consumer would lose events or their order; `nil` where all is well.
  private static func difference(_ config: jsConsumerConfig, _ filter: String) -> String? {
    if unsafe config.DeliverSubject != nil { return "pushes, and one that is asked is wanted" }
    if unsafe config.AckPolicy != js_AckExplicit {
      return "does not take an acknowledgement for each message"
    }
    let found = unsafe config.FilterSubject.map { unsafe String(cString: $0) } ?? ""
    if found != filter {
      let shown = found.isEmpty ? "all subjects" : ServerText.shown(found)
      return "reads \(shown), but \(filter) is wanted"
    }
    if unsafe config.DeliverPolicy != js_DeliverAll {
      return "does not begin with the first message"
    }
    if unsafe config.HeadersOnly { return "leaves the events' bodies out" }
    if unsafe config.MaxDeliver > 0 { return "gives a message up after so many tries" }
    if unsafe config.MaxRequestBatch > 0 || config.MaxRequestMaxBytes > 0
      || config.MaxRequestExpires > 0
    {
      return "limits what one request may ask for"
    }
    return nil
  }
}

extension JetStreamContext.FoundConsumer {
  fileprivate init(_ info: jsConsumerInfo) {
    unsafe standing = ConsumerStanding(
      acknowledged: Int64(clamping: info.AckFloor.Stream),
      delivered: Int64(clamping: info.Delivered.Stream),
      deliveries: Int64(clamping: info.Delivered.Consumer), open: Int(info.NumAckPending),
      waiting: Int(clamping: info.NumPending))
    let wait = unsafe info.Config?.pointee.AckWait ?? 0
    acknowledgeWithin = wait > 0 ? .nanoseconds(wait) : JetStreamContext.consumerWait
  }
}

extension StreamFacts {
  /// Whether some subject is of both patterns.
  static func meets(_ pattern: String, _ other: String) -> Bool {
    let first = pattern.split(separator: ".")
    let second = other.split(separator: ".")
    for index in 0..<max(first.count, second.count) {
      guard index < first.count, index < second.count else { return false }
      if first[index] == ">" || second[index] == ">" { return true }
      guard first[index] == second[index] || first[index] == "*" || second[index] == "*" else {
        return false
      }
    }
    return true
  }
}
