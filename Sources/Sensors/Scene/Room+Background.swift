// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames

extension Room {
  /// Chroma rows of the picture: the unit in which the background is painted.
  var bands: Int { (view.height + 1) / 2 }

  /// Paints the room without people, with one task a worker.
  func background(workers: Int) async -> PlanarImage {
    let count = max(1, min(workers, bands))
    var image = PlanarImage(width: view.width, height: view.height)
    await withTaskGroup(of: (Int, Strip).self) { group in
      for part in 0..<count {
        let range = (bands * part / count)..<(bands * (part + 1) / count)
        group.addTask { (range.lowerBound, strip(range)) }
      }
      for await (first, strip) in group {
        let luma = first * 2 * view.width
        image.luma.replaceSubrange(luma..<(luma + strip.luma.count), with: strip.luma)
        let chroma = first * image.chromaWidth
        image.blue.replaceSubrange(chroma..<(chroma + strip.blue.count), with: strip.blue)
        image.red.replaceSubrange(chroma..<(chroma + strip.red.count), with: strip.red)
      }
    }
    return image
  }

  private struct Strip: Sendable {
    var luma = [UInt8]()
    var blue = [UInt8]()
    var red = [UInt8]()
  }

  // Four samples a pixel on a rotated grid: straight edges near the axes get five gray levels.
  private static let samples = [
    (0.125, 0.625), (0.375, 0.125), (0.625, 0.875), (0.875, 0.375),
  ]

  private func strip(_ range: Range<Int>) -> Strip {
    var out = Strip()
    let chromaWidth = (view.width + 1) / 2
    for band in range {
      var blue = [Float](repeating: 0, count: chromaWidth)
      var red = blue
      var weight = blue
      for row in (band * 2)..<min(band * 2 + 2, view.height) {
        for column in 0..<view.width {
          var luma: Float = 0
          for (dx, dy) in Self.samples {
            let tone = tone(atColumn: Double(column) + dx, row: Double(row) + dy)
            luma += tone.luma
            blue[column / 2] += tone.blue
            red[column / 2] += tone.red
          }
          weight[column / 2] += 4
          out.luma.append(UInt8(max(0, min(255, luma / 4 + 0.5))))
        }
      }
      for column in 0..<chromaWidth {
        out.blue.append(UInt8(max(0, min(255, blue[column] / weight[column] + 0.5))))
        out.red.append(UInt8(max(0, min(255, red[column] / weight[column] + 0.5))))
      }
    }
    return out
  }
}
