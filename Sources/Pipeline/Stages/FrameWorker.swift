// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Faces
internal import Frames

/// One worker: reads, decodes, locates and embeds frames, with memory that it keeps.
///
/// The pixels stay where the decoder put them: locator and embedder read them in place.
final class FrameWorker {
  private let reader: FrameReader
  private let decoder = JPEGDecoder()
  private let buffer = PixelBuffer()
  private let locator: FaceLocator
  private let embedder: FaceEmbedder
  private let scale: DecodeScale
  private let number: Int
  private let candidates: Int
  private let measures: MeasureRecorder

  /// How often a worker took memory for frames: a few times, whatever their number.
  struct Tally: Sendable {
    var allocations = 0
  }

  /// `number` tells workers apart in a trace.
  init(
    _ configuration: RunConfiguration, _ embedder: FaceEmbedder, number: Int = 0,
    measures: MeasureRecorder
  ) {
    self.number = number
    self.measures = measures
    reader = FrameReader(configuration.frameSet)
    locator = FaceLocator(mode: configuration.locate, decimation: configuration.decimation)
    scale = configuration.scale
    candidates = configuration.candidates
    self.embedder = embedder
  }

  /// Takes frames from `input` until it is finished, and passes each on to `output`, or to `aside` when there is
  /// nothing to search for in it or it waited too long; tells `window` what each keeps from then on.
  func run(
    from input: BoundedQueue<FrameTicket>, to output: BoundedQueue<ProcessedFrame>,
    orTo aside: BoundedQueue<ProcessedFrame>, in window: FlightWindow
  ) async throws -> Tally {
    while let popped = try await input.pop() {
      if popped.isTooOld {
        try await aside.push(ProcessedFrame(ticket: popped.element, outcome: .dropped(.tooOld)))
        continue
      }
      measures.waited(.read, popped.waited)
      var frame = try process(popped.element)
      frame.keptBytes = ProcessedFrame.bytes(
        faces: frame.faces.count, searched: frame.probes, candidates: candidates)
      window.keep(frame.keptBytes)
      try await (frame.probes > 0 ? output : aside).push(frame)
    }
    return Tally(allocations: buffer.allocations + reader.allocations)
  }

  /// Carries one frame through the worker's stages.
  ///
  /// A frame that does not decode is an outcome: cameras deliver such frames. A file that is not the one
  /// the manifest lists is thrown: the set is broken, and no result from it could be trusted.
  func process(_ ticket: FrameTicket) throws(FrameError) -> ProcessedFrame {
    let frame = ticket.frame
    let start = Monotonic.now()
    do throws(FrameError) {
      return try unsafe reader.withBytes(of: frame) { bytes throws(FrameError) in
        let read = Monotonic.now()
        measures.worked(.read, read &- start)
        let decoded = try measures.measure(.decode) { () throws(FrameError) in
          let bytes = unsafe ticket.damage?.applied(to: bytes) ?? bytes
          return try unsafe decoder.decode(bytes, scale: scale, into: buffer, frame: frame.name)
        }
        let pixelsReady = Monotonic.now()
        let located = measures.measure(.locate) {
          locator.locate(in: decoded.pixels, scale: scale, boxes: frame.boxes)
        }
        let facesReady = Monotonic.now()
        let faces = measures.measure(.embed) {
          located.map { FrameFace(face: $0, outcome: embedder.embed($0, camera: frame.camera)) }
        }
        let embedded = Monotonic.now()
        // Scheduled to decode may be negative by a hair on the wall clock: a source that wakes early.
        var times = FrameTimes(
          untilDecode: read > ticket.admittedAt ? read - ticket.admittedAt : 0,
          decode: pixelsReady &- read, locateAndEmbed: embedded &- pixelsReady)
        times.marks = FrameMarks(
          worker: number, started: start, read: read, decoded: pixelsReady, located: facesReady,
          embedded: embedded)
        return ProcessedFrame(
          ticket: ticket,
          outcome: .decoded(
            width: decoded.header.width, height: decoded.header.height, warning: decoded.warning),
          faces: faces, times: times)
      }
    } catch {
      if error.code == .digestMismatch || error.code == .unreadable { throw error }
      var times = FrameTimes()
      times.marks = FrameMarks(worker: number, started: start)
      return ProcessedFrame(ticket: ticket, outcome: .failed(error), times: times)
    }
  }
}
