// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import COpenSSL
internal import Files
internal import SystemPackage

/// The public key of an nkey's seed: the library signs with the seed, but wants to be told whose it is.
///
/// A seed is base32 of two bytes of prefix, 32 bytes of Ed25519 seed and a CRC-16; a public key is base32
/// of one byte of prefix, 32 bytes and a CRC-16.
enum NKeySeed {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
  private static let userPrefix: UInt8 = 20 << 3

  /// Throws `refused` for a file that holds no user's seed.
  static func publicKey(ofFile path: FilePath) throws(BusError) -> String {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path, limit: 1 << 16)
    } catch {
      throw BusError(.notAllowed, "nkey=\(path): \(error.message)")
    }
    let wrong = BusError(
      .refused, "\(path) holds no user's nkey seed; make one with `nk -gen user`")
    for line in bytes.split(whereSeparator: { $0 <= 0x20 }) where line.starts(with: "SU".utf8) {
      guard let raw = decode(line), raw.count == 36, checksum(raw[..<34]) == Array(raw[34...]),
        let key = ed25519(Array(raw[2..<34]))
      else { throw wrong }
      let named = [userPrefix] + key
      return encode(named + checksum(named[...]))
    }
    throw wrong
  }

  private static func ed25519(_ seed: [UInt8]) -> [UInt8]? {
    guard
      let key = unsafe seed.withUnsafeBufferPointer({
        unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, $0.baseAddress, $0.count)
      })
    else { return nil }
    defer { unsafe EVP_PKEY_free(key) }
    var count = 32
    var found = [UInt8](repeating: 0, count: count)
    let ok = unsafe found.withUnsafeMutableBufferPointer {
      unsafe EVP_PKEY_get_raw_public_key(key, $0.baseAddress, &count)
    }
    return ok == 1 && count == 32 ? found : nil
  }

  private static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var bits: UInt32 = 0
    var held = 0
    var bytes: [UInt8] = []
    for letter in text {
      guard let value = alphabet.firstIndex(of: letter) else { return nil }
      bits = bits << 5 | UInt32(value)
      held += 5
      if held >= 8 {
        held -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
      }
    }
    return bytes
  }

  private static func encode(_ bytes: [UInt8]) -> String {
    var bits: UInt32 = 0
    var held = 0
    var letters: [UInt8] = []
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      held += 8
      while held >= 5 {
        held -= 5
        letters.append(alphabet[Int(bits >> UInt32(held) & 31)])
      }
    }
    if held > 0 { letters.append(alphabet[Int(bits << UInt32(5 - held) & 31)]) }
    return String(decoding: letters, as: UTF8.self)
  }

  /// CRC-16 (polynomial 0x1021, from 0), low byte first.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var crc: UInt16 = 0
    for byte in bytes {
      crc ^= UInt16(byte) << 8
      for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
    }
    return [UInt8(truncatingIfNeeded: crc), UInt8(crc >> 8)]
  }
}
