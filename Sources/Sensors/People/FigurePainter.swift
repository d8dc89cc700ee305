// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames
internal import Markers

/// Paints figures into a picture.
enum FigurePainter {
  /// Shadows first, then the figures from far to near.
  static func paint(_ figures: [Figure], into image: inout PlanarImage) {
    for figure in figures { shadow(figure, &image) }
    for figure in figures {
      for shape in figure.shapes { paint(shape, of: figure, &image) }
      paint(figure.board, marker: figure.marker, &image)
    }
  }

  private static func shadow(_ figure: Figure, _ image: inout PlanarImage) {
    let (cx, cy, a, b) = figure.shadow
    let columns = clip(cx - a, cx + a, image.width)
    for y in clip(cy - b, cy + b, image.height) {
      for x in columns {
        let u = (Double(x) + 0.5 - cx) / a
        let v = (Double(y) + 0.5 - cy) / b
        let left = max(0, 1 - u * u - v * v)
        let index = y * image.width + x
        image.luma[index] = UInt8(Double(image.luma[index]) * (1 - 0.42 * left))
      }
    }
  }

  private static func paint(_ shape: FigureShape, of figure: Figure, _ image: inout PlanarImage) {
    let (left, top, right, bottom) = shape.bounds
    let width = image.width
    let inverse = 1 / figure.reach
    let columns = clip(Double(left) - 1, Double(right) + 1, width)
    let rows = clip(Double(top) - 1, Double(bottom) + 1, image.height)
    unsafe image.luma.withUnsafeMutableBufferPointer { luma in
      for y in rows {
        for x in columns {
          let (px, py) = (Float(x) + 0.5, Float(y) + 0.5)
          let cover = min(1, 0.5 - shape.distance(px, py))
          if cover <= 0 { continue }
          // Lit from the upper left, and rounder towards the outline.
          let tone = shape.tone.luma * (1.02 - 0.13 * (px - figure.middle) * inverse)
          let index = y * width + x
          let old = Float(unsafe luma[index])
          unsafe luma[index] = byte(old + (tone - old) * cover)
        }
      }
    }
    let chromaWidth = image.chromaWidth
    let chromaColumns = (columns.lowerBound / 2)..<min(chromaWidth, (columns.upperBound + 1) / 2)
    for y in (rows.lowerBound / 2)..<min(image.chromaHeight, (rows.upperBound + 1) / 2) {
      for x in chromaColumns {
        let cover = min(1, 0.5 - shape.distance(Float(2 * x + 1), Float(2 * y + 1)) / 2)
        if cover <= 0 { continue }
        let index = y * chromaWidth + x
        let (blue, red) = (Float(image.blue[index]), Float(image.red[index]))
        image.blue[index] = byte(blue + (shape.tone.blue - blue) * cover)
        image.red[index] = byte(red + (shape.tone.red - red) * cover)
      }
    }
  }

  // Grays of the board: paper and ink, not pure white and black.
  private static let white: Float = 232
  private static let black: Float = 24
  private static let rim: Float = 172

  /// Sixteen samples a pixel.
  private static func paint(_ board: MarkerBoard, marker: Int, _ image: inout PlanarImage) {
    guard let (columns, rows) = board.pixels(width: image.width, height: image.height) else {
      return
    }
    let modules = MarkerFamily.modules
    let first = marker * modules * modules
    let bitmap = Array(MarkerFamily.bitmaps[first..<(first + modules * modules)])
    for y in rows {
      for x in columns {
        var sum: Float = 0
        var count: Float = 0
        for sample in 0..<16 {
          let (u, v) = board.coordinates(
            Double(x) + Double(sample & 3) * 0.25 + 0.125,
            Double(y) + Double(sample >> 2) * 0.25 + 0.125)
          let reach = max(abs(u), abs(v))
          if reach >= MarkerBoard.half { continue }
          count += 1
          if reach >= 4.5 {
            sum += reach < MarkerBoard.zone ? white : rim
          } else {
            sum += bitmap[Int(v + 4.5) * modules + Int(u + 4.5)] ? white : black
          }
        }
        if count == 0 { continue }
        let cover = count / 16
        let index = y * image.width + x
        let old = Float(image.luma[index])
        image.luma[index] = byte(old + (sum / count - old) * cover)
        if x & 1 == 0, y & 1 == 0 {
          let chroma = (y / 2) * image.chromaWidth + x / 2
          image.blue[chroma] = byte(128 + (Float(image.blue[chroma]) - 128) * (1 - cover))
          image.red[chroma] = byte(128 + (Float(image.red[chroma]) - 128) * (1 - cover))
        }
      }
    }
  }

  private static func clip(_ low: Double, _ high: Double, _ limit: Int) -> Range<Int> {
    let from = max(0, min(limit, Int(low.rounded(.down))))
    return from..<max(from, min(limit, Int(high.rounded(.up))))
  }

  @inline(__always)
  private static func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value + 0.5))) }
}
