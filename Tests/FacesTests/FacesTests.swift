// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Faces
import Files
import Foundation
import Frames
import Markers
import SystemPackage
import Testing

/// Markers drawn upright on gray, and what a locator makes of them.
struct Wall {
  let width = 640
  let height = 360
  var image: [UInt8]

  init() { image = [UInt8](repeating: 140, count: 640 * 360) }

  /// Draws marker `id` with a white border; `module` is the size of one of its 9 x 9 modules.
  mutating func draw(_ id: Int, x: Int, y: Int, module: Int) {
    for row in -2 * module..<(MarkerFamily.modules + 2) * module {
      for column in -2 * module..<(MarkerFamily.modules + 2) * module {
        let (v, u) = (row / module, column / module)
        let inside =
          row >= 0 && column >= 0 && v < MarkerFamily.modules && u < MarkerFamily.modules
        let white =
          !inside
          || MarkerFamily.bitmaps[
            id * MarkerFamily.modules * MarkerFamily.modules + v * MarkerFamily.modules + u]
        image[(y + row) * width + x + column] = white ? 235 : 20
      }
    }
  }

  mutating func locate(_ locator: FaceLocator, boxes: [[Int]] = []) -> [LocatedFace] {
    let (width, height) = (width, height)
    return image.withUnsafeMutableBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return [] }
      return locator.locate(
        in: PixelView(base: base, width: width, height: height, stride: width, format: .gray),
        scale: .full, boxes: boxes)
    }
  }
}

@Suite("Locating faces")
struct FaceLocatorTests {
  @Test("A marker is found with its id, place and size", arguments: [1.0, 2.0])
  func found(decimation: Double) throws {
    var wall = Wall()
    wall.draw(77, x: 100, y: 80, module: 6)
    let face = try #require(wall.locate(FaceLocator(mode: .frame, decimation: decimation)).first)
    #expect(face.marker == 77)
    // The black square is the middle 5 modules of 9.
    #expect(abs(face.side - 30) < 1 && abs(face.box.x - 112) < 1.5 && abs(face.box.y - 92) < 1.5)
    #expect(face.margin > 50)
  }

  @Test("In boxes the same face is found at the same place, and nothing outside them")
  func boxes() throws {
    var wall = Wall()
    wall.draw(3, x: 60, y: 60, module: 5)
    wall.draw(4, x: 400, y: 200, module: 5)
    let whole = wall.locate(FaceLocator(mode: .frame))
    #expect(whole.map(\.marker) == [3, 4])
    let locator = FaceLocator(mode: .boxes)
    let inBox = wall.locate(locator, boxes: [[40, 40, 90, 90]])
    #expect(inBox.map(\.marker) == [3])
    #expect(abs(inBox[0].box.x - whole[0].box.x) < 0.5)
    #expect(abs(inBox[0].box.y - whole[0].box.y) < 0.5)
    // Two boxes over one face are one face; boxes off the frame are nothing.
    let odd = wall.locate(
      locator,
      boxes: [
        [40, 40, 90, 90], [45, 45, 90, 90], [-50, -50, 20, 20], [639, 359, 65_535, 65_535],
        [9, 9, 0, 0],
      ])
    #expect(odd.map(\.marker) == [3])
  }

  @Test("A blank wall has no faces, in whatever crop")
  func blank() {
    var wall = Wall()
    #expect(wall.locate(FaceLocator(mode: .frame)).isEmpty)
    #expect(
      wall.locate(FaceLocator(mode: .boxes), boxes: [[0, 0, 5, 5], [10, 10, 300, 300]]).isEmpty)
  }

  @Test("Quality rises with size and with margin, and stays within 0 and 1")
  func quality() {
    func quality(_ side: Double, _ margin: Double) -> Double {
      LocatedFace(
        marker: 0, box: .init(x: 0, y: 0, width: side, height: side), side: side,
        decodedSide: side, margin: margin
      ).quality
    }
    for side in [1.0, 14, 24, 60, 500] {
      for margin in [-5.0, 0, 8, 60, 255] {
        let here = quality(side, margin)
        #expect((0..<1).contains(here))
        #expect(quality(side * 1.1, margin) >= here && quality(side, margin + 5) >= here)
      }
    }
  }
}

/// A folder that is removed with this object.
private final class Folder {
  let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("sightline-faces-\(UUID().uuidString)")
  var path: FilePath { FilePath(url.path) }

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

@Suite("Embedding by precomputed vector")
struct FaceEmbedderTests {
  private func face(_ side: Double, _ margin: Double, marker: Int = 9) -> LocatedFace {
    LocatedFace(
      marker: marker, box: .init(x: 0, y: 0, width: side, height: side), side: side,
      decodedSide: side, margin: margin)
  }

  @Test("Measured quality picks the tier, and the tier the row")
  func tiers() throws {
    try withEmbedder { embedder in
      #expect(embedder.embed(face(40, 100), camera: "cam") == .embedded(row: 0, tier: 0))
      #expect(embedder.embed(face(40, 50), camera: "cam") == .embedded(row: 1, tier: 1))
      #expect(embedder.embed(face(30, 100), camera: "cam") == .embedded(row: 1, tier: 1))
      #expect(embedder.embed(face(14, 15), camera: "cam") == .embedded(row: 2, tier: 2))
      #expect(embedder.withEmbedding(row: 2) { Array($0) } == [8, 9, 10, 11])
    }
  }

  @Test("Below the floor and foreign markers are outcomes of their own, never dropped")
  func rejected() throws {
    try withEmbedder { embedder in
      #expect(embedder.embed(face(13.9, 100), camera: "cam") == .belowQualityFloor)
      #expect(embedder.embed(face(50, 14), camera: "cam") == .belowQualityFloor)
      #expect(embedder.embed(face(50, 100, marker: 8), camera: "cam") == .unknownMarker)
      #expect(embedder.embed(face(50, 100), camera: "other") == .unknownMarker)
    }
  }

  @Test("Missing rows, another dimension and a marker given twice are refused")
  func refused() throws {
    for (rows, dimension, words) in [(2, 4, "rows"), (3, 5, "coordinates")] {
      let error = #expect(throws: FileError.self) {
        try withEmbedder(rows: rows, dimension: dimension) { _ in }
      }
      #expect(error?.message.contains(words) == true)
    }
    let error = #expect(throws: FileError.self) {
      try withEmbedder(edit: { $0.appearances.append($0.appearances[0]) }) { _ in }
    }
    #expect(error?.message.contains("two appearances") == true)
  }

  /// A frame set of one camera, one appearance and three tiers; `edit` may spoil it.
  private func withEmbedder(
    rows: Int = 3, dimension: Int = 4, edit: (inout FrameSetManifest) -> Void = { _ in },
    _ body: (FaceEmbedder) throws -> Void
  ) throws {
    let folder = try Folder()
    let probes = VectorFile.encode(
      rows: (0..<rows * dimension).map(Float.init), dimension: dimension)
    try WholeFile.write(probes, to: folder.path.appending(FrameSetManifest.probesName))
    var manifest = FrameSetManifest(
      generator: .init(name: "test", version: 1, seed: 1, arguments: []),
      population: .init(seed: 1, digest: SHA256Digest(of: "")),
      cameras: [.init(id: "cam", name: "c", width: 640, height: 360, framesPerSecond: 5)],
      tiers: [
        .init(name: "near", minimumPixels: 36, minimumMargin: 60),
        .init(name: "mid", minimumPixels: 24, minimumMargin: 40),
        .init(name: "far", minimumPixels: 14, minimumMargin: 15),
      ],
      appearances: [.init(camera: "cam", marker: 9, firstRow: 0)], frames: [],
      files: [FrameSetManifest.probesName: SHA256Digest(of: probes)])
    edit(&manifest)
    try WholeFile.write(
      [UInt8](JSONEncoder().encode(manifest)), to: folder.path.appending("manifest.json"))
    try body(FaceEmbedder(FrameSet(opening: folder.path), dimension: 4))
  }
}
