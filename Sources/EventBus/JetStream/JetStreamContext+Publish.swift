// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS

extension JetStreamContext {
  /// How long an acknowledgement may take before the event is sent again.
  static let acknowledgeWithin: Duration = .seconds(5)

  /// Publishes in the structured mode of the CloudEvents binding for NATS: the whole event is the
  /// payload, and its content type says so. Its id is what the server drops repetitions by.
  ///
  /// Without the library's `js_PublishAsync`: that keeps each message, a timer's entry and a key of its own until
  /// the answer, and reads that as any JSON. Here an answer's subject tells whom it is for.
  func publish(_ items: [ForwardItem]) {
    let now = ContinuousClock.now
    var spent = SpentMessages()
    for item in items {
      publish(item, at: now, &spent)
      if spent.isFull { spent.destroy() }
    }
    spent.destroy()
    inbox.sweep()
  }

  private func publish(
    _ item: ForwardItem, at now: ContinuousClock.Instant, _ spent: inout SpentMessages
  ) {
    let record = item.event.record
    let subject = publishing.subject(of: record, location)
    if let error = inbox.forbids(subject) {
      inbox.settle(ticket: item.ticket, .denied(error))
      return
    }
    guard Self.isHeader(record.id) else {
      inbox.settle(
        ticket: item.ticket,
        .refused(
          BusError(
            .failed, "an event's id is empty or has characters that no header of a message carries")
        ))
      return
    }
    guard let token = inbox.expect(item.ticket, on: subject, at: now) else {
      inbox.settle(
        ticket: item.ticket,
        .failed(BusError(.failed, "\(place): too many events are under way; will try again")))
      return
    }
    var message: OpaquePointer?
    var status = unsafe record.body.withUnsafeBufferPointer { body in
      unsafe body.withMemoryRebound(to: CChar.self) { bytes in
        unsafe publishing.withReply(to: token) { reply in
          unsafe natsMsg_Create(
            &message, subject, reply, bytes.baseAddress, Int32(bytes.count))
        }
      }
    }
    defer { if let message = unsafe message { unsafe spent.add(message) } }
    if status == NATS_OK {
      status = unsafe natsMsgHeader_Set(message, "Content-Type", "application/cloudevents+json")
    }
    if status == NATS_OK {
      status = unsafe natsMsgHeader_Set(message, "Nats-Msg-Id", record.id)
    }
    guard status == NATS_OK else {
      inbox.lose(NATSError.error(status, place, location, detail: NATSError.lastError))
      return
    }
    status = unsafe natsConnection_PublishMsg(connection, message)
    guard status != NATS_OK else { return }
    inbox.settle(
      token,
      NATSError.outcome(status, place, location, code: nil, detail: NATSError.lastError))
  }

  /// Whether the server gets `id` as it is: the library ends a header at a zero and puts blanks for the ends of
  /// lines, so that two ids might become one.
  private static func isHeader(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
  }

  /// The id of the last event on the record's subject; `nil` if there is none.
  func lastID(onSubjectOf record: BusRecord) throws(BusError) -> String? {
    var message: OpaquePointer?
    var code = jsErrCode(0)
    let status = unsafe js_GetLastMsg(
      &message, stream, location.stream.name, location.subject(of: record), nil, &code)
    if status == NATS_NOT_FOUND { return nil }
    try NATSError.check(status, place, location, code: code.rawValue == 0 ? nil : code)
    defer { unsafe natsMsg_Destroy(message) }
    var id: UnsafePointer<CChar>?
    guard unsafe natsMsgHeader_Get(message, "Nats-Msg-Id", &id) == NATS_OK, let id = unsafe id
    else { return nil }
    return unsafe String(cString: id)
  }
}

extension NATSLocation {
  /// Where an event goes.
  func subject(of record: BusRecord) -> String {
    stream.prefix + "." + EventSubject.kind(ofType: record.type) + "."
      + EventSubject.token(EventSubject.site(ofBody: record.body)) + "."
      + EventSubject.token(record.partitionKey)
  }
}
