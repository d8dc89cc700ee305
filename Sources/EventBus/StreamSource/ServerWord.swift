// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS

/// What a server says of a request for messages, in place of one.
struct ServerWord {
  /// The number of the request.
  let request: Int?
  let code: Int
  let text: String

  /// `nil` for a message of the stream.
  init?(_ message: OpaquePointer) {
    var value: UnsafePointer<CChar>?
    guard unsafe natsMsg_GetDataLength(message) == 0,
      unsafe natsMsgHeader_Get(message, "Status", &value) == NATS_OK, let value = unsafe value
    else { return nil }
    code = Int(unsafe String(cString: value)) ?? 0
    var words: UnsafePointer<CChar>?
    let status = unsafe natsMsgHeader_Get(message, "Description", &words)
    let described = unsafe status == NATS_OK ? words.map { unsafe String(cString: $0) } : nil
    text = ServerText.shown(described ?? "status \(code)")
    let subject = unsafe natsMsg_GetSubject(message).map { unsafe String(cString: $0) } ?? ""
    request = subject.split(separator: ".").last.flatMap { Int($0) }
  }

  /// What it says is wrong; `nil` for the end of a request. `full` for a message larger than was asked for.
  func error(at place: String) -> BusError? {
    // Nothing there; the time is up.
    if code == 404 || code == 408 || text == "Batch Completed" { return nil }
    if text.contains("Exceeds MaxBytes") {
      return BusError(.full, "\(place) has a message larger than was asked for", cause: text)
    }
    // It shuts down, has a new leader, or lost the consumer: a new session tells.
    return BusError(.unreachable, "\(place) ended the request; will try again", cause: text)
  }
}
