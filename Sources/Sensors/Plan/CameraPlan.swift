// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// All that one camera will see, decided before a pixel is drawn.
struct CameraPlan: Sendable {
  let index: Int
  let id: String
  let room: Room
  let optics: CameraOptics
  let passes: [Pass]
  /// Capture times in microseconds since 1970, by sequence number.
  let times: [Int64]

  /// 2024-01-01T00:00:00Z in microseconds: where the virtual clock starts.
  static let epoch: Int64 = 1_704_067_200_000_000

  init(_ options: SimulationOptions, camera index: Int) throws(SimulationError) {
    self.index = index
    id = index < 9 ? "cam-0\(index + 1)" : "cam-\(index + 1)"
    room = Room(seed: options.seed, camera: index, size: options.size)
    optics = CameraOptics(options, camera: index)
    var planner = PassPlanner(options, camera: index, room: room)
    passes = try planner.passes()
    var draws = Draws(seed: options.seed, .phase, index)
    let period = 1_000_000 / options.framesPerSecond
    let phase = (draws.unit() * period).rounded(.down)
    times = (0..<options.framesPerCamera).map {
      Self.epoch + Int64((phase + Double($0) * period).rounded())
    }
  }

  /// Those in view of the capture, farthest first.
  func figures(_ frame: Int) -> [Figure] {
    var out = [Figure]()
    for (number, pass) in passes.enumerated() where pass.frames.contains(frame) {
      let figure = Figure(
        pass: number, marker: pass.marker, pose: pass.walk.pose(frame - pass.frames.lowerBound),
        look: pass.look, view: room.view)
      if figure.board.isInView(of: room.view) { out.append(figure) }
    }
    return out.sorted { ($1.distance, $0.pass) < ($0.distance, $1.pass) }
  }
}
