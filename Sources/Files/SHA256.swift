// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import COpenSSL

/// A SHA-256 digest (FIPS 180-4): 32 bytes, printed as 64 lower-case hexadecimal digits.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
  /// Eight bytes to a word, the first the highest: a digest is copied without counting references.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// The 32 bytes.
  package var bytes: [UInt8] { (0..<32).map { self[$0] } }

  private subscript(index: Int) -> UInt8 {
    let word =
      switch index / 8 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index % 8)))
  }

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
    var text = text
    self = text.withUTF8 { unsafe SHA256Digest(of: UnsafeRawBufferPointer($0)) }
  }

  /// Takes 32 bytes.
  fileprivate init(raw: UnsafeRawBufferPointer) {
    func word(_ index: Int) -> UInt64 {
      unsafe UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }
    words = (word(0), word(1), word(2), word(3))
  }

  /// Reads 64 hexadecimal digits; `nil` for anything else.
  package init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    var words: [UInt64] = [0, 0, 0, 0]
    for i in 0..<64 {
      guard let digit = Self.nibble(digits[i]) else { return nil }
      words[i / 16] = words[i / 16] << 4 | UInt64(digit)
    }
    self.words = (words[0], words[1], words[2], words[3])
  }

  /// Lower-case hexadecimal, 64 digits.
  package var hex: String { prefix(32) }

  package var description: String { hex }

  /// The first `count` bytes in hexadecimal: a name, where the whole digest would be too long.
  package func prefix(_ count: Int) -> String {
    let count = min(max(count, 0), 32)
    return unsafe String(unsafeUninitializedCapacity: 2 * count) { out in
      if let start = out.baseAddress { unsafe writeHex(count, to: start) }
      return 2 * count
    }
  }

  /// Writes the first `count` bytes in hexadecimal: twice as many bytes.
  package func writeHex(_ count: Int, to out: UnsafeMutablePointer<UInt8>) {
    precondition((0...32).contains(count), "a digest has 32 bytes")
    for index in 0..<count {
      let byte = self[index]
      unsafe out[2 * index] = Self.hexDigit(byte >> 4)
      unsafe out[2 * index + 1] = Self.hexDigit(byte & 15)
    }
  }

  /// The lower-case digit of 0...15.
  package static func hexDigit(_ half: UInt8) -> UInt8 {
    half < 10 ? UInt8(ascii: "0") + half : UInt8(ascii: "a") - 10 + half
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

extension SHA256Digest {
  package static func == (a: SHA256Digest, b: SHA256Digest) -> Bool {
    a.words == b.words
  }

  package func hash(into hasher: inout Hasher) {
    for word in [words.0, words.1, words.2, words.3] { hasher.combine(word) }
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
  /// Fetched once: with every digest OpenSSL would look it up by name, under a lock.
  nonisolated(unsafe) private static let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil)

  private let context: OpaquePointer

  package init() {
    // EVP_MD_CTX_new fails only when memory is exhausted.
    guard let fresh = unsafe EVP_MD_CTX_new() else { fatalError("no memory for a SHA-256") }
    unsafe context = fresh
    begin()
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  private func begin() {
    guard unsafe EVP_DigestInit_ex(context, Self.algorithm, nil) == 1 else {
      fatalError("SHA-256 is not available from libcrypto")
    }
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let status = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(status == 1, "SHA-256 cannot fail once begun")
  }

  package consuming func finish() -> SHA256Digest { end() }

  /// The digest of all of `bytes`, and of nothing that was fed before: for many, with one context.
  package mutating func digest(of bytes: UnsafeRawBufferPointer) -> SHA256Digest {
    begin()
    unsafe update(bytes)
    return end()
  }

  private func end() -> SHA256Digest {
    unsafe withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { out in
      let start = unsafe out.assumingMemoryBound(to: UInt8.self).baseAddress
      let status = unsafe EVP_DigestFinal_ex(context, start, nil)
      precondition(status == 1, "SHA-256 cannot fail once begun")
      return unsafe SHA256Digest(raw: UnsafeRawBufferPointer(out))
    }
  }
}
