// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Pipeline
internal import Sightings

extension LiveView {
  /// Those that lose most first, then the slowest; `rows` lines below the head, the last one for the others.
  func cameraTable(_ frame: LiveFrame, rows: Int) -> [String] {
    let name = max(12, width - 44)
    let head =
      TerminalText.fitted("CAMERA", name)
      + row(["FRAMES", "/S", "P99", "DROPPED"], [10, 10, 12, 12])
    guard rows > 0 else { return [] }
    let cameras = frame.now.cameras
    guard !cameras.isEmpty else { return [faint(head), "no camera"] }
    let order = Self.worstFirst(cameras, atMost: cameras.count > rows ? rows - 1 : rows)
    var lines = [faint(head)]
    for index in order {
      let camera = cameras[index]
      let rate = frame.rate { index < $0.cameras.count ? $0.cameras[index].frames.entered : 0 }
      let cells = row(
        [
          Text.count(camera.frames.entered), Text.fixed(rate, 1),
          camera.p99MS.map { Text.milliseconds($0) + " ms" } ?? "-",
          Text.count(camera.frames.dropped),
        ], [10, 10, 12, 12])
      let text = TerminalText.fitted(TerminalText.plain(camera.name), name) + cells
      lines.append(camera.frames.dropped > 0 ? red(text) : text)
    }
    if order.count < cameras.count {
      let shown = Set(order)
      var rest = FrameAccount()
      for (index, camera) in cameras.enumerated() where !shown.contains(index) {
        rest.add(camera.frames)
      }
      lines.append(
        TerminalText.fitted(
          "and \(Text.count(cameras.count - order.count)) more: \(Text.count(rest.entered)) frames, "
            + "\(Text.count(rest.dropped)) dropped", width))
    }
    return lines
  }

  /// Work and waiting in milliseconds since the beginning, use of the threads in the last seconds.
  func stageTable(_ frame: LiveFrame) -> [String] {
    let measures = frame.now.measures
    let widths = [9, 10, 10, 12]
    var lines = [
      faint(
        TerminalText.fitted("STAGE", 9) + row(["WORK P50", "P99", "WAIT P99", "BUSY"], widths)
          + "  " + TerminalText.fitted("QUEUE", max(0, width - 52)))
    ]
    for stage in Stage.allCases {
      let work = measures.work[stage] ?? .none
      let wait = measures.wait[stage] ?? .none
      func time(_ durations: Durations, _ percentile: Double) -> String {
        durations.count == 0
          ? "-" : Text.milliseconds(durations.milliseconds(atPercentile: percentile)) + " ms"
      }
      let share = frame.utilisation(stage)
      var text =
        TerminalText.fitted(stage.rawValue, 9)
        + row(
          [time(work, 50), time(work, 99), time(wait, 99), Text.fixed(share * 100, 0) + " %"],
          widths)
      if let queue = frame.now.queues.first(where: { $0.name == stage.rawValue }) {
        let room = max(0, width - 52)
        let fill = "\(Text.count(queue.frames)) of \(Text.count(queue.limits.elements))"
        let bar = Self.bar(
          Double(queue.frames) / Double(queue.limits.elements),
          max(0, min(20, room - fill.count - 1)))
        text += "  " + TerminalText.fitted(fill + " " + bar, room)
      }
      lines.append(share > 0.9 ? yellow(text) : text)
    }
    return lines
  }

  /// The last ones opened, the newest first; nothing if there are none.
  func sightingTable(_ frame: LiveFrame, rows: Int) -> [String] {
    let recent = frame.now.recent.suffix(max(0, rows - 2)).reversed()
    guard !recent.isEmpty else { return [] }
    var lines = ["", faint("LAST SIGHTINGS")]
    for sighting in recent {
      // The time of day is enough on a line that is gone in a minute.
      let time = "\(Timestamp(microseconds: sighting.timeMicroseconds))".dropFirst(11).prefix(8)
      let words =
        "\(time)  \(sighting.camera)  \(sighting.subject)  score \(Text.fixed(sighting.score, 3))"
      lines.append(TerminalText.fitted(TerminalText.plain(words), width))
    }
    return lines
  }

  /// Indices of the cameras that lose most, then of the slowest, then by place.
  static func worstFirst(_ cameras: [PipelineSnapshot.Camera], atMost count: Int) -> [Int] {
    let order = cameras.indices.sorted { first, second in
      let (one, other) = (cameras[first], cameras[second])
      if one.frames.dropped != other.frames.dropped {
        return one.frames.dropped > other.frames.dropped
      }
      let (slow, fast) = (one.p99MS ?? 0, other.p99MS ?? 0)
      return slow != fast ? slow > fast : first < second
    }
    return Array(order.prefix(max(0, count)))
  }

  private func row(_ cells: [String], _ widths: [Int]) -> String {
    zip(cells, widths).map { TerminalText.fitted($0, $1, right: true) }.joined()
  }

  private static func bar(_ share: Double, _ width: Int) -> String {
    String(repeating: "|", count: Int((min(max(0, share), 1) * Double(width)).rounded()))
  }
}
