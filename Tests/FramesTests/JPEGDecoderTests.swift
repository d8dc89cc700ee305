// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Frames
import Testing

@Suite("JPEG decoding")
struct JPEGDecoderTests {
  /// A picture with a gradient and a bright square, so that a wrong scale or plane would show.
  static func picture(width: Int = 160, height: Int = 96) -> PlanarImage {
    var image = PlanarImage(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let square = (40..<72).contains(x) && (24..<56).contains(y)
        image.luma[y * width + x] = square ? 220 : UInt8(20 + 100 * x / width)
      }
    }
    for i in image.red.indices { image.red[i] = 170 }
    return image
  }

  static func jpeg(width: Int = 160, height: Int = 96) throws -> [UInt8] {
    try JPEGEncoder().encode(picture(width: width, height: height), quality: 90, frame: "test")
  }

  private func decode(
    _ bytes: [UInt8], as format: PixelFormat = .gray, scale: DecodeScale = .full,
    buffer: PixelBuffer = PixelBuffer(), limit: Int = 40_000_000
  ) throws -> (JPEGDecoder.Decoded, PixelBuffer) {
    let decoded = try bytes.withUnsafeBufferPointer {
      try JPEGDecoder(pixelLimit: limit).decode(
        $0, as: format, scale: scale, into: buffer, frame: "cam-07/000042")
    }
    return (decoded, buffer)
  }

  @Test(
    "Every scale gives the size rounded up and the square in its place",
    arguments: DecodeScale.allCases)
  func scales(scale: DecodeScale) throws {
    let (decoded, buffer) = try decode(Self.jpeg(width: 154, height: 90), scale: scale)
    let pixels = decoded.pixels
    #expect(decoded.header.width == 154 && decoded.header.height == 90)
    #expect(pixels.width == (154 + scale.divisor - 1) / scale.divisor)
    #expect(pixels.height == (90 + scale.divisor - 1) / scale.divisor)
    let inside = pixels.base[(40 / scale.divisor) * pixels.stride + 56 / scale.divisor]
    let outside = pixels.base[(80 / scale.divisor) * pixels.stride + 8 / scale.divisor]
    #expect(abs(Int(inside) - 220) < 12)
    #expect(outside < 60)
    #expect(decoded.warning == nil)
    withExtendedLifetime(buffer) {}
  }

  @Test("Gray is the luma plane; RGB carries the colour")
  func formats() throws {
    let bytes = try Self.jpeg()
    let (gray, grayBuffer) = try decode(bytes)
    let (rgb, rgbBuffer) = try decode(bytes, as: .rgb)
    #expect(rgb.pixels.stride == 3 * 160)
    let index = 40 * 160 + 56
    let (r, g, b) = (
      Int(rgb.pixels.base[3 * index]), Int(rgb.pixels.base[3 * index + 1]),
      Int(rgb.pixels.base[3 * index + 2])
    )
    #expect(r > g + 30 && r > b)
    let luma = (299 * r + 587 * g + 114 * b) / 1000
    #expect(luma <= Int(gray.pixels.base[index]) + 4)
    withExtendedLifetime((grayBuffer, rgbBuffer)) {}
  }

  @Test("The buffer is reused: a hundred frames of one size take memory once")
  func reuse() throws {
    let bytes = try Self.jpeg()
    let buffer = PixelBuffer()
    for _ in 0..<100 { _ = try decode(bytes, buffer: buffer) }
    #expect(buffer.allocations == 1)
    _ = try decode(Self.jpeg(width: 320, height: 200), buffer: buffer)
    #expect(buffer.allocations == 2)
  }

  @Test(
    "Bytes that are no JPEG are an error that names the frame",
    arguments: [[], [0xff], [0xff, 0xd8], Array("not a picture at all".utf8)] as [[UInt8]])
  func garbage(bytes: [UInt8]) throws {
    let error = #expect(throws: FrameError.self) { try decode(bytes) }
    #expect(error?.code == .corrupt)
    #expect(error?.description.hasPrefix("frame cam-07/000042: ") == true)
  }

  @Test("A cut JPEG keeps its pixels and says what is wrong")
  func truncated() throws {
    let bytes = try Self.jpeg()
    let (decoded, buffer) = try decode(Array(bytes.prefix(bytes.count * 6 / 10)))
    #expect(decoded.warning?.isEmpty == false)
    #expect(decoded.pixels.width == 160)
    #expect(decoded.pixels.base[8 * decoded.pixels.stride + 4] < 60)
    withExtendedLifetime(buffer) {}
  }

  @Test("A header above the limit is refused before any memory is taken")
  func tooLarge() throws {
    var bytes = try Self.jpeg()
    // The frame header (SOF0): marker, length, precision, then height and width.
    let start = try #require(
      bytes.indices.first { $0 + 8 < bytes.count && bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 })
    bytes.replaceSubrange(start + 5..<start + 9, with: [0xff, 0xdc, 0xff, 0xdc])
    let buffer = PixelBuffer()
    let error = #expect(throws: FrameError.self) { try decode(bytes, buffer: buffer) }
    #expect(error?.code == .tooLarge)
    #expect(error?.message.contains("65500x65500") == true)
    #expect(buffer.allocations == 0)
  }

  @Test("A picture of odd size is refused by the encoder, which would read past it")
  func oddSize() {
    let error = #expect(throws: FrameError.self) { try Self.jpeg(width: 157, height: 93) }
    #expect(error?.code == .notEncoded)
  }

  @Test("A frame that fails leaves no trace on those after it, wherever it was cut or changed")
  func independent() throws {
    let intact = try Self.jpeg()
    let decoder = JPEGDecoder(pixelLimit: 1_000_000)
    let buffer = PixelBuffer()
    func luma(_ bytes: [UInt8]) throws -> [UInt8] {
      try bytes.withUnsafeBufferPointer {
        let pixels = try decoder.decode($0, into: buffer, frame: "f").pixels
        return Array(
          UnsafeBufferPointer(start: pixels.base, count: pixels.stride * pixels.height))
      }
    }
    let expected = try luma(intact)
    var failures = 0
    for place in 2..<700 {
      for change in 0..<3 {
        var bytes = intact
        switch change {
        case 0: bytes.removeSubrange(place...)
        case 1: bytes[place] ^= 0xff
        default: bytes[place] ^= 0x04
        }
        if (try? luma(bytes)) == nil { failures += 1 }
        #expect(try luma(intact) == expected, "after change \(change) at byte \(place)")
      }
    }
    #expect(failures > 300)
  }

  @Test("No damage to a JPEG crashes the decoder")
  func fuzzed() throws {
    let intact = try Self.jpeg()
    let decoder = JPEGDecoder(pixelLimit: 1_000_000)
    let buffer = PixelBuffer()
    var state: UInt64 = 42
    for _ in 0..<2_000 {
      var bytes = intact
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
      }
      bytes.withUnsafeBufferPointer { view in
        for format in PixelFormat.allCases {
          _ = try? decoder.decode(view, as: format, scale: .half, into: buffer, frame: "fuzz")
        }
      }
    }
  }
}
