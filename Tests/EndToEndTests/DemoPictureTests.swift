// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Frames
import Testing

/// A PNG with stored (uncompressed) data: enough to look at a picture anywhere.
///
/// PNG specification, ISO/IEC 15948; zlib and CRC-32 as RFC 1950 and RFC 1951 have them.
enum StoredPNG {
  static func encode(rgb: UnsafeBufferPointer<UInt8>, width: Int, height: Int) -> Data {
    var raw = Data()
    for y in 0..<height {
      raw.append(0)  // no filter
      raw.append(contentsOf: rgb[y * width * 3..<(y + 1) * width * 3])
    }
    var deflated = Data([0x78, 0x01])
    for start in stride(from: 0, to: raw.count, by: 65_535) {
      let count = min(65_535, raw.count - start)
      deflated.append(start + count == raw.count ? 1 : 0)
      deflated.append(contentsOf: [UInt8(count & 255), UInt8(count >> 8)])
      deflated.append(contentsOf: [UInt8(~count & 255), UInt8(~count >> 8 & 255)])
      deflated.append(raw[start..<start + count])
    }
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in raw {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    deflated.append(bigEndian(b << 16 | a))
    var png = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    png.append(
      chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 2, 0, 0, 0]))
    png.append(chunk("IDAT", deflated))
    png.append(chunk("IEND", Data()))
    return png
  }

  private static func chunk(_ type: String, _ content: Data) -> Data {
    let body = Data(type.utf8) + content
    var crc: UInt32 = 0xffff_ffff
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return bigEndian(UInt32(content.count)) + body + bigEndian(~crc)
  }

  private static func bigEndian(_ value: UInt32) -> Data {
    Data((0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) })
  }
}

@Suite("Looking at the demo")
struct DemoPictureTests {
  @Test("A demo frame is printed to PNG, in colour, with its markers black on white")
  func picture() throws {
    let bytes = try [UInt8](
      Data(contentsOf: URL(fileURLWithPath: Binary.samples + "/frames/cam-01/000006.jpg")))
    let buffer = PixelBuffer()
    try bytes.withUnsafeBufferPointer { jpeg in
      let decoded = try JPEGDecoder().decode(jpeg, as: .rgb, into: buffer, frame: "demo")
      let pixels = decoded.pixels
      let all = UnsafeBufferPointer(start: pixels.base, count: pixels.stride * pixels.height)
      let png = StoredPNG.encode(rgb: all, width: pixels.width, height: pixels.height)
      // Beside the binaries, where a person can find it after a test run.
      let file = Binary.executable.deletingLastPathComponent()
        .appendingPathComponent("demo-frame.png")
      try png.write(to: file)
      print("demo frame: \(file.path)")

      var (black, white, coloured) = (0, 0, 0)
      for i in stride(from: 0, to: all.count, by: 3) {
        let (low, high) = (min(all[i], all[i + 1], all[i + 2]), max(all[i], all[i + 1], all[i + 2]))
        if high < 50 { black += 1 }
        if low > 215 { white += 1 }
        if high - low > 60 { coloured += 1 }
      }
      #expect(black > 200 && white > 400 && coloured > 400, "\(black) \(white) \(coloured)")
    }
  }
}
