// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CNATS
internal import Files
internal import Glibc
internal import SystemPackage

/// The library's options for one server of a location; freed when done with.
@safe final class NATSOptions {
  let pointer: OpaquePointer

  /// `closure` goes to the callbacks. Throws `BusError` for files that cannot be read.
  init(
    _ location: NATSLocation, _ server: NATSLocation.Server, closure: UnsafeMutableRawPointer
  ) throws(BusError) {
    var made: OpaquePointer?
    try unsafe NATSError.check(natsOptions_Create(&made), "\(server)", location)
    guard let made = unsafe made else {
      throw BusError(.failed, "no memory for a connection to \(server)")
    }
    unsafe pointer = made
    try unsafe configure(made, location, server, closure)
  }

  deinit { unsafe natsOptions_Destroy(pointer) }
}

private func configure(
  _ options: OpaquePointer, _ location: NATSLocation, _ server: NATSLocation.Server,
  _ closure: UnsafeMutableRawPointer
) throws(BusError) {
  func set(_ status: natsStatus, _ what: String = "") throws(BusError) {
    let place = what.isEmpty ? "\(server)" : what
    try NATSError.check(status, place, location)
  }
  let scheme = location.secure ? "tls" : "nats"
  try unsafe set(natsOptions_SetURL(options, "\(scheme)://\(server)"))
  try unsafe set(natsOptions_SetName(options, "sightline"))
  // A connection that broke is not mended behind our back: what was under way is sent again in order on
  // a new one, which may be to another server.
  try unsafe set(natsOptions_SetAllowReconnect(options, false))
  try unsafe set(natsOptions_SetTimeout(options, 2000))
  // A frozen server is given up after three seconds.
  try unsafe set(natsOptions_SetPingInterval(options, 1000))
  try unsafe set(natsOptions_SetMaxPingsOut(options, 2))
  try unsafe set(natsOptions_SetWriteDeadline(options, 2000))
  try unsafe set(natsOptions_SetErrorHandler(options, natsReported, closure))
  try unsafe set(natsOptions_SetClosedCB(options, natsClosed, closure))

  if let file = location.seedFile {
    let key = try NKeySeed.publicKey(ofFile: file)
    try unsafe set(natsOptions_SetNKeyFromSeed(options, key, file.string), "nkey=\(file)")
  } else if let file = location.credentialsFile {
    try readable(file, "creds")
    try unsafe set(
      natsOptions_SetUserCredentialsFromFiles(options, file.string, nil), "creds=\(file)")
  } else if let user = location.user {
    let password = try location.password()
    try unsafe set(natsOptions_SetUserInfo(options, user, password ?? ""))
  }

  guard location.secure else { return }
  try unsafe set(natsOptions_SetSecure(options, true))
  try unsafe set(natsOptions_SetExpectedHostname(options, server.host))
  if let file = location.authorityFile {
    try readable(file, "ca")
    try unsafe set(natsOptions_LoadCATrustedCertificates(options, file.string), "ca=\(file)")
  }
  if let certificate = location.certificateFile, let key = location.keyFile {
    try readable(certificate, "cert")
    try readable(key, "key")
    try unsafe set(
      natsOptions_LoadCertificatesChain(options, certificate.string, key.string),
      "cert=\(certificate)")
  }
}

/// The library tells of a missing file in words of its own; ours name it.
private func readable(_ file: FilePath, _ name: String) throws(BusError) {
  do {
    _ = try WholeFile.read(file, limit: 1 << 24)
  } catch {
    throw BusError(.missing, "\(name)=\(file): \(error.message)")
  }
}

extension NATSLocation {
  /// The user, if it may be told: a name that no password comes with may be a token.
  var namedUser: String? {
    let isInEnvironment = unsafe getenv(Self.passwordVariable) != nil
    return passwordInText != nil || passwordFile != nil || isInEnvironment ? user : nil
  }

  /// Whether the user in the text comes without a password and so may be a token, which stands in the list of
  /// processes.
  package var mayShowToken: Bool {
    user != nil && namedUser == nil && seedFile == nil && credentialsFile == nil
  }

  /// From the file, the environment or the text, in this order; read anew at every connection, so that a
  /// password may change while a run goes on.
  func password() throws(BusError) -> String? {
    if let passwordFile {
      do {
        let bytes = try WholeFile.read(passwordFile, limit: 1 << 16)
        return String(decoding: bytes.prefix { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self)
      } catch {
        throw BusError(.missing, "password-file=\(passwordFile): \(error.message)")
      }
    }
    if let text = unsafe getenv(Self.passwordVariable) { return unsafe String(cString: text) }
    return passwordInText?.text
  }
}
