// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import COpenSSL

/// A SHA-256 digest (FIPS 180-4): 32 bytes, printed as 64 lower-case hexadecimal digits.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
  package let bytes: [UInt8]

  /// The version of the library that computes it.
  package static var libraryVersion: String {
    guard let text = unsafe OpenSSL_version(OPENSSL_VERSION) else { return "unknown" }
    return unsafe String(cString: text)
  }

  /// The digest of `bytes`, by OpenSSL, which uses the CPU's SHA instructions.
  package init(of bytes: UnsafeRawBufferPointer) {
    var hasher = SHA256Hasher()
    unsafe hasher.update(bytes)
    self = hasher.finish()
  }

  package init(of bytes: [UInt8]) {
    self = unsafe bytes.withUnsafeBytes { unsafe SHA256Digest(of: $0) }
  }

  /// The digest of the text's UTF-8 bytes.
  package init(of text: String) {
    self.init(of: Array(text.utf8))
  }

  fileprivate init(raw: [UInt8]) { bytes = raw }

  /// Reads 64 hexadecimal digits; `nil` for anything else.
  package init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    var out = [UInt8]()
    out.reserveCapacity(32)
    for i in stride(from: 0, to: 64, by: 2) {
      guard let high = Self.nibble(digits[i]), let low = Self.nibble(digits[i + 1]) else {
        return nil
      }
      out.append(high << 4 | low)
    }
    bytes = out
  }

  /// Lower-case hexadecimal, 64 digits.
  package var hex: String { prefix(32) }

  package var description: String { hex }

  /// The first `count` bytes in hexadecimal: a name, where the whole digest would be too long.
  package func prefix(_ count: Int) -> String {
    var out = [UInt8]()
    out.reserveCapacity(2 * count)
    for byte in bytes.prefix(count) {
      for half in [byte >> 4, byte & 15] {
        out.append(half < 10 ? UInt8(ascii: "0") + half : UInt8(ascii: "a") + half - 10)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

extension SHA256Digest: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let digest = SHA256Digest(hex: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a SHA-256 is 64 lower-case hexadecimal digits")
    }
    self = digest
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}

/// Feeds bytes into a SHA-256 piece by piece.
@safe package struct SHA256Hasher: ~Copyable {
  private let context: OpaquePointer

  package init() {
    // EVP_MD_CTX_new and EVP_DigestInit_ex fail only when memory is exhausted.
    guard let fresh = unsafe EVP_MD_CTX_new(),
      unsafe EVP_DigestInit_ex(fresh, EVP_sha256(), nil) == 1
    else { fatalError("SHA-256 is not available from libcrypto") }
    unsafe context = fresh
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let status = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(status == 1, "SHA-256 cannot fail once begun")
  }

  package consuming func finish() -> SHA256Digest {
    var out = [UInt8](repeating: 0, count: 32)
    unsafe out.withUnsafeMutableBufferPointer { buffer in
      let status = unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
      precondition(status == 1, "SHA-256 cannot fail once begun")
    }
    return SHA256Digest(raw: out)
  }
}
