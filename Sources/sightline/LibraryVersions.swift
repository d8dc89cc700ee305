// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Files
internal import FoundationEssentials

/// The libraries in use: their version, or the file that is loaded where they do not tell one.
enum LibraryVersions {
  static var all: [String: String] {
    var found = [
      "SQLite": SQLiteLog.libraryVersion,
      "libnats": JetStreamTarget.libraryVersion,
      "libcrypto": SHA256Digest.libraryVersion,
    ]
    let mapped = FileManager.default.contents(atPath: "/proc/self/maps") ?? Data()
    for line in String(decoding: mapped, as: UTF8.self).split(separator: "\n") {
      guard let name = line.split(separator: "/").last else { continue }
      for library in ["libturbojpeg", "libapriltag", "libopenblas"]
      where name.hasPrefix(library + ".") || name.hasPrefix(library + "p") {
        found[library] = String(name)
      }
    }
    return found
  }
}
