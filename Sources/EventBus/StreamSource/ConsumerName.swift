// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Glibc
internal import SystemPackage

/// What a consumer is called on a stream.
package enum ConsumerName {
  /// Throws `badName`.
  package static func check(_ name: String) throws(BusError) {
    guard EventSubject.isToken(name), name.utf8.count <= 128 else {
      throw BusError(
        .badName,
        "a consumer on a stream is named by 1 to 128 letters, digits, - and _")
    }
  }

  /// Of a log that is filled from a stream: by this host and the log's whole path, since two logs that shared
  /// a consumer would share its events out between them.
  package static func standard(for log: BusLocation) -> String {
    var host = [CChar](repeating: 0, count: 256)
    _ = unsafe gethostname(&host, 255)
    let bytes = host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let path = if case .sqlite(let path) = log { FileFacts.resolved(path) } else { "\(log)" }
    let name = EventSubject.token(String(decoding: bytes, as: UTF8.self))
    return "bridge-\(name)-\(SHA256Digest(of: path).prefix(6))"
  }
}
