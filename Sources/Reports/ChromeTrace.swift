// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Pipeline

/// Frames' ways in the Trace Event Format, which chrome://tracing and Perfetto open: a row for each worker,
/// one for the matcher and one for the tracker, and every frame's whole way from due to done.
package struct ChromeTrace: Sendable {
  private let ends: [JourneyEnd]
  private let start: UInt64
  private let cameras: [String]

  /// - Parameters:
  ///   - start: when the first frame was due, on the clock of `ends`; `nil` for the first of these.
  ///   - cameras: by feed; those without get a name by their number.
  package init(_ ends: [JourneyEnd], start: UInt64? = nil, cameras: [String] = []) {
    self.ends = ends
    self.start = start ?? ends.map(\.dueAt).min() ?? 0
    self.cameras = cameras
  }

  package var isEmpty: Bool { ends.isEmpty }

  /// One JSON object. O(frames).
  package var json: String {
    let workers = (ends.map(\.marks.worker).max() ?? 0) + 1
    let (matcher, tracker) = (workers, workers + 1)
    var events = (0..<workers).map { name("worker \($0)", row: $0) }
    events.append(name("matcher", row: matcher))
    events.append(name("tracker", row: tracker))
    var batches: Set<UInt64> = []
    for (number, end) in ends.sorted(by: { $0.endedAt < $1.endedAt }).enumerated() {
      let marks = end.marks
      let feed =
        end.feed < cameras.count ? cameras[end.feed] : LoadTrial.name(of: end.feed)
      for (stage, from, to) in [
        ("read", marks.started, marks.read), ("decode", marks.read, marks.decoded),
        ("locate", marks.decoded, marks.located), ("embed", marks.located, marks.embedded),
      ] where from > 0 && to > 0 {
        events.append(work(stage, feed, from, to, row: marks.worker))
      }
      // Frames of a batch share one search, and may end after those of a later one.
      if marks.matchStarted > 0, batches.insert(marks.matchStarted).inserted {
        events.append(work("match", feed, marks.matchStarted, marks.matched, row: matcher))
      }
      if marks.trackStarted > 0 {
        events.append(work("track", feed, marks.trackStarted, marks.tracked, row: tracker))
      }
      for (phase, time) in [("b", end.dueAt), ("e", end.endedAt)] {
        events.append(
          #"{"ph":"\#(phase)","cat":"frame","id":\#(number),"name":"\#(feed)","pid":1,"tid":0,"#
            + #""ts":\#(microseconds(time)),"args":{"events":\#(end.events)}}"#)
      }
    }
    return #"{"displayTimeUnit":"ms","traceEvents":["# + "\n"
      + events.joined(separator: ",\n") + "\n]}\n"
  }

  private func name(_ text: String, row: Int) -> String {
    #"{"ph":"M","name":"thread_name","pid":1,"tid":\#(row),"args":{"name":"\#(text)"}}"#
  }

  private func work(
    _ stage: String, _ feed: String, _ from: UInt64, _ to: UInt64, row: Int
  ) -> String {
    #"{"ph":"X","cat":"stage","name":"\#(stage)","pid":1,"tid":\#(row),"ts":\#(microseconds(from)),"#
      + #""dur":\#(Text.fixed(Double(to &- from) / 1e3, 3)),"args":{"feed":"\#(feed)"}}"#
  }

  private func microseconds(_ time: UInt64) -> String {
    Text.fixed(Double(Int64(bitPattern: time &- start)) / 1e3, 3)
  }
}
