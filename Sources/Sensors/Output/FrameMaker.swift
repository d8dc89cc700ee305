// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames

/// Makes the bytes and the truth of single frames of one camera; keeps an encoder, so one a worker.
final class FrameMaker {
  /// One capture: what is written to disk, and what was really there.
  struct Capture: Sendable {
    let frame: Int
    /// `nil` when the capture was dropped.
    let bytes: [UInt8]?
    let boxes: [[Int]]
    let visible: [Sighted]
  }

  /// A pass in view of a capture.
  struct Sighted: Sendable {
    let pass: Int
    let visible: FrameSetTruth.Visible
  }

  private let plan: CameraPlan
  private let background: PlanarImage
  private let noise: SensorNoise
  private let faults: FaultPlan
  private let seed: UInt64
  private let lumaBlur: LensBlur
  private let chromaBlur: LensBlur
  private let exposure: Exposure
  private let encoder = JPEGEncoder()

  init(
    _ plan: CameraPlan, background: PlanarImage, noise: SensorNoise, faults: FaultPlan, seed: UInt64
  ) {
    self.plan = plan
    self.background = background
    self.noise = noise
    self.faults = faults
    self.seed = seed
    lumaBlur = LensBlur(sigma: plan.optics.blur)
    chromaBlur = LensBlur(sigma: plan.optics.blur / 2)
    exposure = Exposure(gain: plan.optics.exposure)
  }

  /// - Throws: `FrameError` when the encoder refuses the picture.
  func capture(_ frame: Int) throws -> Capture {
    let figures = plan.figures(frame)
    let fault = faults.fault(camera: plan.index, frame: frame)
    let people = figures.enumerated().map { place, figure in
      let hidden = figures[(place + 1)...].contains { $0.hides(figure.board) }
      return (board: figure.board, shown: !hidden && figure.board.isWhole(in: plan.room.view))
    }
    let visible = zip(figures, people).map { figure, person in
      Sighted(
        pass: figure.pass,
        visible: FrameSetTruth.Visible(
          seq: frame, capturedAt: plan.times[frame],
          markerPixels: Self.rounded(person.board.side), shown: person.shown,
          delivered: fault == nil, box: person.board.box.map(Self.rounded)))
    }
    let boxes = BoxPredictor(seed: seed, view: plan.room.view)
      .boxes(camera: plan.index, frame: frame, people: people)
    return Capture(
      frame: frame, bytes: try bytes(frame, figures, fault), boxes: boxes, visible: visible)
  }

  /// The picture before it is encoded.
  func picture(_ frame: Int, _ figures: [Figure]) -> PlanarImage {
    var image = background
    FigurePainter.paint(figures, into: &image)
    lumaBlur.apply(to: &image.luma, width: image.width, height: image.height)
    chromaBlur.apply(to: &image.blue, width: image.chromaWidth, height: image.chromaHeight)
    chromaBlur.apply(to: &image.red, width: image.chromaWidth, height: image.chromaHeight)
    exposure.apply(toLuma: &image.luma)
    exposure.apply(toChroma: &image.blue)
    exposure.apply(toChroma: &image.red)
    noise.apply(
      deviation: plan.optics.noise, to: &image.luma, width: image.width, height: image.height,
      camera: plan.index, frame: frame)
    return image
  }

  private func bytes(_ frame: Int, _ figures: [Figure], _ fault: FaultPlan.Fault?) throws
    -> [UInt8]?
  {
    var draws = Draws(seed: seed, .faultBytes, plan.index, frame)
    switch fault {
    case .dropped: return nil
    case .garbage:
      var bytes = (0..<(4096 + draws.below(8192))).map { _ in
        UInt8(truncatingIfNeeded: draws.next())
      }
      bytes[0] &= 0x7F  // a JPEG starts with 0xFF
      return bytes
    case .truncated, nil:
      let bytes = try encoder.encode(
        picture(frame, figures), quality: plan.optics.quality, frame: "\(plan.id)/\(frame)")
      if fault == nil { return bytes }
      return Array(bytes.prefix(Int(Double(bytes.count) * draws.within(0.3...0.7))))
    }
  }

  /// To hundredths of a pixel: enough to score by, and a truth file that can be read.
  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
