// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Sightings
internal import Synchronization

/// The cameras of one worker: every so-manyth camera, with what each remembers.
///
/// A camera's visits are told in the order in which they begin, by one worker; cameras share nothing.
/// So the number of shards changes no event.
final class TrafficShard: Sendable {
  /// What one chunk gave.
  struct Output: Sendable {
    /// In the stream's order.
    var items: [Item] = []
    var scripts: [VisitScript] = []
    var tally: TrafficTally
  }

  /// An event that is due, encoded unless it is to be stamped when it is sent.
  struct Item: Sendable {
    enum Content: Sendable {
      case record(BusRecord)
      case event(SightingEvent)
    }
    let place: Telling.Place
    let content: Content
  }

  private struct Camera {
    var told = ToldSubjects()
    /// The number of its last event.
    var sequence: Int64
    /// The frame in which its newest visit began, and how many did before it in that frame.
    var newest = (frame: -1, ordinal: 0)
  }

  private struct State {
    var cameras: [Camera]
    /// Told of visits that began, but not due yet.
    var carried: [Telling] = []
    var scratch: [Double] = []
  }

  private let model: TrafficModel
  private let shards: Int
  private let state: Mutex<State>
  private let keepsScripts: Bool

  /// Shard number `index` of `shards`; `lastSequence` is by camera's id.
  init(
    _ model: TrafficModel, index: Int, of shards: Int, lastSequence: [String: Int64],
    keepsScripts: Bool
  ) {
    self.model = model
    self.shards = shards
    self.keepsScripts = keepsScripts
    let cameras = stride(from: index, to: model.contexts.count, by: shards).map {
      Camera(sequence: lastSequence[model.contexts[$0].camera.id] ?? 0)
    }
    state = Mutex(State(cameras: cameras))
  }

  /// Tells the visits that begin in one chunk, and gives what is due before `end`, in microseconds after
  /// the beginning of the stream. Visits of other shards' cameras are passed over.
  func tell(_ visits: [Visit], before end: Int64, encode: Bool) throws -> Output {
    try state.withLock { try tell(visits, before: end, encode: encode, &$0) }
  }

  private func tell(
    _ visits: [Visit], before end: Int64, encode: Bool, _ state: inout State
  ) throws -> Output {
    var output = Output(tally: TrafficTally(groups: model.groups.count))
    let sorted = visits.sorted {
      ($0.camera, $0.firstFrame, $0.key) < ($1.camera, $1.firstFrame, $1.key)
    }
    for visit in sorted { tell(visit, &state, &output) }
    // Places are sorted, and the tellings left where they are.
    var due: [(place: Telling.Place, index: Int)] = []
    for index in state.carried.indices where state.carried[index].place.time < end {
      due.append((state.carried[index].place, index))
    }
    due.sort { $0.place < $1.place }
    output.items.reserveCapacity(due.count)
    var scratch = SightingEncoder.Scratch()
    for (place, index) in due {
      let camera = Int(place.camera)
      let told = state.carried[index].content
      state.cameras[camera / shards].sequence += 1
      let sequence = state.cameras[camera / shards].sequence
      let time = model.moment(place.time)
      output.tally.count(told.revision.phase)
      let content: Item.Content =
        if encode {
          .record(
            try model.encoders[camera].record(
              told.revision, time: time, sequence: sequence, &scratch))
        } else {
          .event(
            model.contexts[camera].event(
              told.revision, policy: model.policy, time: time, sequence: sequence))
        }
      output.items.append(Item(place: place, content: content))
    }
    state.carried.removeAll { $0.place.time < end }
    return output
  }

  private func tell(_ visit: Visit, _ state: inout State, _ output: inout Output) {
    let index = Int(visit.camera) / shards
    let first = Int(visit.firstFrame)
    let newest = state.cameras[index].newest
    let ordinal = newest.frame == first ? newest.ordinal + 1 : 0
    let begins = model.grid.time(Int(visit.camera), frame: first)
    state.cameras[index].told.forget(before: begins)
    guard
      let script = model.script(
        visit, ordinal: ordinal, told: state.cameras[index].told, scratch: &state.scratch)
    else {
      output.tally.leftOut += 1
      return
    }
    state.cameras[index].newest = (first, ordinal)
    output.tally.count(
      script, group: model.group(of: script.camera), threshold: model.threshold)
    var teller = VisitTeller(script, model)
    teller.tell()
    output.tally.count(teller.outcome)
    let until = teller.lastSeen + model.policy.coolDown.wholeMicroseconds
    for subject in teller.named { state.cameras[index].told.add(subject, until: until) }
    state.carried += teller.tellings
    if keepsScripts { output.scripts.append(script) }
  }
}
