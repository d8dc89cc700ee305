// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS

extension JetStreamContext {
  /// How long an acknowledgement may take before the event is sent again, in milliseconds.
  static let acknowledgeWithin: Int64 = 5000

  /// Publishes in the structured mode of the CloudEvents binding for NATS: the whole event is the
  /// payload, and its content type says so. Its id is what the server drops repetitions by.
  func publish(_ item: ForwardItem) {
    let record = item.event.record
    let subject = location.subject(of: record)
    if let error = inbox.forbids(subject) {
      inbox.settle(ticket: item.ticket, .denied(error))
      return
    }
    var message: OpaquePointer?
    var status = unsafe record.body.withUnsafeBufferPointer { body in
      unsafe body.withMemoryRebound(to: CChar.self) { bytes in
        unsafe natsMsg_Create(
          &message, subject, nil, bytes.baseAddress, Int32(bytes.count))
      }
    }
    if status == NATS_OK {
      status = unsafe natsMsgHeader_Set(message, "Content-Type", "application/cloudevents+json")
    }
    guard status == NATS_OK, let known = unsafe message else {
      unsafe natsMsg_Destroy(message)
      inbox.lose(NATSError.error(status, place, location, detail: NATSError.lastError))
      return
    }
    let address = UInt(bitPattern: known)
    inbox.expect(address, item.ticket, on: subject)
    var options = unsafe jsPubOptions()
    unsafe jsPubOptions_Init(&options)
    unsafe options.MaxWait = Self.acknowledgeWithin
    status = unsafe record.id.withCString { id in
      unsafe options.MsgId = unsafe id
      return unsafe js_PublishMsgAsync(stream, &message, &options)
    }
    guard status != NATS_OK else { return }
    inbox.settle(
      address,
      NATSError.outcome(status, place, location, code: nil, detail: NATSError.lastError))
    unsafe natsMsg_Destroy(message)
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
