// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// An address that only this machine reaches, and a port; 0 for any that is free.
package struct LoopbackAddress: Hashable, Sendable, CustomStringConvertible {
  /// The four bytes of an address in 127.0.0.0/8.
  package let bytes: [UInt8]
  package var port: UInt16

  /// Reads `127.0.0.1:9464` or `localhost:9464`.
  ///
  /// - Throws: `TelemetryError` for anything else, and for addresses that others may reach: metrics name
  ///   cameras, and are not encrypted.
  package init(_ text: String) throws(TelemetryError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].allSatisfy({ $0.isASCII && $0.isNumber }),
      let port = UInt16(parts[1])
    else {
      throw TelemetryError(
        .badAddress,
        "'\(text)' is no address and port; give 127.0.0.1:9464, or port 0 for a free one")
    }
    self.port = port
    if parts[0] == "localhost" {
      bytes = [127, 0, 0, 1]
      return
    }
    let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false).map {
      $0.count <= 3 && $0.allSatisfy { $0.isASCII && $0.isNumber } ? UInt8($0) : nil
    }
    guard numbers.count == 4, numbers[0] == 127, !numbers.contains(nil) else {
      throw TelemetryError(
        .badAddress,
        "'\(parts[0])' is not of this machine alone; metrics are given on 127.0.0.1 only: "
          + "let a proxy of yours carry them further")
    }
    bytes = numbers.compactMap { $0 }
  }

  package var description: String {
    bytes.map { "\($0)" }.joined(separator: ".") + ":\(port)"
  }
}
