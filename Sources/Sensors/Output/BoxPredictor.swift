// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The boxes a predictor would give for a frame: near the truth, not it.
struct BoxPredictor {
  private let seed: UInt64
  private let view: CameraView

  init(seed: UInt64, view: CameraView) {
    self.seed = seed
    self.view = view
  }

  /// Boxes of those in view, of the hidden only half of the time, and now and then one of nobody.
  func boxes(camera: Int, frame: Int, people: [(board: MarkerBoard, shown: Bool)]) -> [[Int]] {
    var draws = Draws(seed: seed, .box, camera, frame)
    var out = [[Int]]()
    for (board, shown) in people {
      let box = board.box
      let size = max(box[2], box[3])
      // At least 2.1 times the black square and at most 0.1 off: all 9 modules stay inside.
      let reach = size * draws.within(1.05...1.25)
      let x = box[0] + box[2] / 2 + size * draws.within(-0.1...0.1)
      let y = box[1] + box[3] / 2 + size * draws.within(-0.1...0.1)
      if shown || draws.chance(0.5) {
        append(x - reach, y - reach, x + reach, y + reach, to: &out)
      }
    }
    if draws.chance(Self.falseRate) {
      let reach = Double(view.height) * draws.within(0.03...0.08)
      let x = Double(view.width) * draws.unit()
      let y = Double(view.height) * draws.within(0.3...0.8)
      append(x - reach, y - reach, x + reach, y + reach, to: &out)
    }
    return out.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
  }

  /// False boxes a frame.
  private static let falseRate = 0.12

  private func append(
    _ left: Double, _ top: Double, _ right: Double, _ bottom: Double, to boxes: inout [[Int]]
  ) {
    let x = max(0, Int(left.rounded(.down)))
    let y = max(0, Int(top.rounded(.down)))
    let width = min(view.width, Int(right.rounded(.up))) - x
    let height = min(view.height, Int(bottom.rounded(.up))) - y
    if width > 0, height > 0 { boxes.append([x, y, width, height]) }
  }
}
