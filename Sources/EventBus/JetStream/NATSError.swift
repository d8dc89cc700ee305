// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS

/// What the client library reports, as errors a user can act on: the one place where its numbers are read.
enum NATSError {
  /// Throws when `status` is not OK. `place` names the server or stream, without secrets.
  static func check(
    _ status: natsStatus, _ place: String, _ location: NATSLocation, code: jsErrCode? = nil
  ) throws(BusError) {
    guard status != NATS_OK else { return }
    throw error(status, place, location, code: code, detail: lastError)
  }

  static func error(
    _ status: natsStatus, _ place: String, _ location: NATSLocation, code: jsErrCode? = nil,
    detail: String?
  ) -> BusError {
    let cause = clean(detail, location) ?? text(status)
    if let code, let error = jetStream(code, place, cause) { return error }
    switch status {
    case NATS_CONNECTION_AUTH_FAILED:
      return BusError(
        .refused, "\(place) refuses \(location.account); \(location.remedy)", cause: cause)
    case NATS_SSL_ERROR:
      return BusError(
        .refused,
        "\(place): no encrypted connection that can be trusted; check the server's certificate and ca=",
        cause: cause)
    case NATS_SECURE_CONNECTION_REQUIRED:
      return BusError(
        .refused, "\(place) takes encrypted connections only; write tls://", cause: cause)
    case NATS_SECURE_CONNECTION_WANTED:
      return BusError(
        .refused, "\(place) does not encrypt; write nats:// or switch its TLS on", cause: cause)
    case NATS_NOT_PERMITTED:
      return BusError(
        .notAllowed,
        "\(place) does not allow \(location.account) to do that; extend its permissions",
        cause: cause)
    case NATS_MAX_PAYLOAD:
      return BusError(
        .failed, "an event is larger than \(place) takes; raise the server's max_payload",
        cause: cause)
    case NATS_NO_RESPONDERS:
      return BusError(
        .unreachable, "\(place) has no leader for the stream at present; will try again",
        cause: cause)
    case NATS_TIMEOUT:
      return BusError(.unreachable, "\(place) did not answer in time; will try again", cause: cause)
    case NATS_NO_SERVER, NATS_IO_ERROR, NATS_CONNECTION_CLOSED, NATS_STALE_CONNECTION,
      NATS_CONNECTION_DISCONNECTED, NATS_SYS_ERROR:
      return BusError(
        .unreachable, "\(place) cannot be reached; will try again", cause: cause)
    default:
      return BusError(.failed, "\(place): \(text(status))", cause: clean(detail, location))
    }
  }

  /// A stream's own answer; `nil` where the status tells more.
  private static func jetStream(_ code: jsErrCode, _ place: String, _ cause: String) -> BusError? {
    switch code {
    case JSNotEnabledErr, JSNotEnabledForAccountErr:
      return BusError(
        .otherSettings, "\(place) has no JetStream; start the server with -js", cause: cause)
    case JSStreamSubjectOverlapErr:
      return BusError(
        .otherSettings,
        "\(place): another stream takes its subjects already; name that one, or give prefix=",
        cause: cause)
    case JSStreamReplicasNotSupportedErr, JSClusterNoPeersErr:
      return BusError(
        .otherSettings, "\(place) has too few servers for the replicas; give fewer with replicas=",
        cause: cause)
    case JSStreamStoreFailedErr where cause.contains("exceeded"), JSAccountResourcesExceededErr,
      JSInsufficientResourcesErr, JSMemoryResourcesExceededErr, JSStorageResourcesExceededErr:
      return BusError(
        .full, "\(place) is full; raise its limits or let consumers take from it", cause: cause)
    case JSStreamMessageExceedsMaximumErr:
      return BusError(
        .failed, "an event is larger than \(place) takes; raise its max_msg_size", cause: cause)
    case JSClusterNotAvailErr, JSClusterNotLeaderErr, JSStreamOfflineErr, JSClusterNotActiveErr:
      return BusError(
        .unreachable, "\(place) has no leader at present; will try again", cause: cause)
    case JSStreamNotFoundErr:
      return BusError(.missing, "\(place) is not there", cause: cause)
    default: return nil
    }
  }

  /// What became of an event that was not stored.
  static func outcome(
    _ status: natsStatus, _ place: String, _ location: NATSLocation, code: jsErrCode?,
    detail: String?
  ) -> ForwardOutcome {
    let error = error(status, place, location, code: code, detail: detail)
    if status == NATS_MAX_PAYLOAD || code == JSStreamMessageExceedsMaximumErr {
      return .refused(error)
    }
    // The stream's own word, and nothing that passes by itself or concerns all: perhaps this event's fault.
    let isItsOwn =
      code != nil && error.code == .failed || detail?.contains("per subject exceeded") == true
    return status == NATS_NOT_PERMITTED || isItsOwn ? .denied(error) : .failed(error)
  }

  /// The subject in a server's `Permissions Violation for Publish to "a.b.c"`.
  static func subject(inViolation text: String?) -> String? {
    guard let text, let mark = text.firstRange(of: "Publish to \"") else { return nil }
    let subject = text[mark.upperBound...].prefix { $0 != "\"" }
    return subject.isEmpty ? nil : String(subject)
  }

  /// What the library keeps for this thread about its last failure.
  static var lastError: String? {
    guard let text = unsafe nats_GetLastError(nil) else { return nil }
    return unsafe String(cString: text)
  }

  static var libraryVersion: String {
    unsafe nats_GetVersion().map { unsafe String(cString: $0) } ?? "unknown"
  }

  static func text(_ status: natsStatus) -> String {
    unsafe natsStatus_GetText(status).map { unsafe String(cString: $0) } ?? "\(status.rawValue)"
  }

  /// In one line, without the place in the library's own text that it begins with, `(conn.c:1234): `, and without a
  /// password even if a server should repeat one.
  private static func clean(_ text: String?, _ location: NATSLocation) -> String? {
    guard let text, !text.isEmpty else { return nil }
    var line = text
    if line.hasPrefix("("), let end = line.firstRange(of: "): "),
      line[..<end.lowerBound].contains(".c:")
    {
      line.removeSubrange(..<end.upperBound)
    }
    // Before the line is cut, or half of it would stay.
    if let secret = location.passwordInText?.text, !secret.isEmpty {
      line = line.replacing(secret, with: "(secret)")
    }
    return ServerText.shown(line)
  }
}

extension NATSLocation {
  /// Who we say we are, for messages.
  package var account: String {
    if let seedFile { return "the nkey in \(seedFile)" }
    if let credentialsFile { return "the credentials in \(credentialsFile)" }
    if let namedUser { return "user '\(namedUser)' with that password" }
    return user == nil ? "a client without a name" : "a user without a password"
  }

  var remedy: String {
    if seedFile != nil || credentialsFile != nil { return "ask whoever runs the server" }
    return user == nil
      ? "give USER@ and \(Self.passwordVariable), or nkey= or creds="
      : "check \(Self.passwordVariable) or password-file="
  }
}
