// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Pipeline
package import Telemetry

/// A snapshot of the pipeline as a page of metrics. The README tells the names.
///
/// Labels are bounded: stages, reasons and outcomes are few, and more cameras than `mostCameras` are told
/// summed up, as `camera="all"`.
package enum MetricsPage {
  package static let mostCameras = 1_000

  /// Upper ends of the buckets of durations, in nanoseconds: 1-2.5-5 from 10 us to 30 s.
  private static let bounds: [UInt64] = [
    10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
    25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000,
    5_000_000_000, 10_000_000_000, 30_000_000_000,
  ]

  /// - Parameter forwarding: to another bus; `nil` if there is none.
  package static func text(
    _ snapshot: PipelineSnapshot, process: ProcessFacts, forwarding: ForwardingFacts? = nil
  ) -> String {
    var page = Exposition()
    page.family("sightline_build_info", .gauge, "The program; always 1.")
    page.sample("sightline_build_info", ["version": SoftwareVersion.current], 1)
    frames(snapshot, &page)
    drops(snapshot, &page)
    queues(snapshot, &page)
    stages(snapshot, &page)
    counts(snapshot, &page)
    bus(snapshot, forwarding, &page)
    page.family(
      "process_cpu_seconds_total", .counter, "User and system CPU time of the process.")
    page.sample("process_cpu_seconds_total", process.cpuSeconds)
    page.family("process_resident_memory_bytes", .gauge, "Resident memory of the process.")
    page.sample("process_resident_memory_bytes", process.residentBytes)
    page.family("process_start_time_seconds", .gauge, "Start of the process since 1970.")
    page.sample("process_start_time_seconds", process.startSeconds)
    return page.text
  }

  /// The cameras, or all of them as one where they are too many.
  private static func cameras(_ snapshot: PipelineSnapshot) -> [(String, FrameAccount)] {
    snapshot.cameras.count > mostCameras
      ? [("all", snapshot.frames)] : snapshot.cameras.map { ($0.name, $0.frames) }
  }

  private static func frames(_ snapshot: PipelineSnapshot, _ page: inout Exposition) {
    let cameras = cameras(snapshot)
    page.family("sightline_frames_received_total", .counter, "Frames that cameras delivered.")
    for (camera, frames) in cameras {
      page.sample("sightline_frames_received_total", ["camera": camera], frames.entered)
    }
    page.family(
      "sightline_frames_total", .counter,
      "Frames that have left the pipeline: received ones less those in flight.")
    for (camera, frames) in cameras {
      for (outcome, count) in [
        ("decoded", frames.decoded), ("failed", frames.failed), ("dropped", frames.dropped),
      ] {
        page.sample("sightline_frames_total", ["camera": camera, "outcome": outcome], count)
      }
    }
    page.family(
      "sightline_frames_damaged_total", .counter, "Decoded frames with signs of corruption.")
    for (camera, frames) in cameras {
      page.sample("sightline_frames_damaged_total", ["camera": camera], frames.damaged)
    }
    page.family(
      "sightline_frames_missing_total", .counter,
      "Gaps in cameras' sequence numbers: frames that never came.")
    for (camera, frames) in cameras {
      page.sample("sightline_frames_missing_total", ["camera": camera], frames.missing)
    }
    page.family("sightline_frames_in_flight", .gauge, "Frames between source and tracker.")
    page.sample("sightline_frames_in_flight", snapshot.frames.inFlight)
  }

  private static func drops(_ snapshot: PipelineSnapshot, _ page: inout Exposition) {
    page.family(
      "sightline_frame_drops_total", .counter, "Frames given up, by the stage not reached and why.")
    struct Key: Hashable {
      var camera: String
      var stage: String
      var reason: String
    }
    let isSummed = snapshot.cameras.count > mostCameras
    var sums: [Key: Int] = [:]
    for (drop, count) in snapshot.drops where snapshot.cameras.indices.contains(drop.camera) {
      let camera = isSummed ? "all" : snapshot.cameras[drop.camera].name
      sums[
        Key(camera: camera, stage: drop.stage.rawValue, reason: drop.reason.rawValue), default: 0] +=
        count
    }
    let ordered = sums.sorted {
      ($0.key.camera, $0.key.stage, $0.key.reason) < ($1.key.camera, $1.key.stage, $1.key.reason)
    }
    for (key, count) in ordered {
      page.sample(
        "sightline_frame_drops_total",
        ["camera": key.camera, "stage": key.stage, "reason": key.reason], count)
    }
  }

  private static func queues(_ snapshot: PipelineSnapshot, _ page: inout Exposition) {
    page.family(
      "sightline_queue_frames", .gauge, "Frames in a queue, by the stage that takes them.")
    for queue in snapshot.queues {
      page.sample("sightline_queue_frames", ["queue": queue.name], queue.frames)
    }
    page.family("sightline_queue_limit_frames", .gauge, "The most frames that a queue holds.")
    for queue in snapshot.queues {
      page.sample("sightline_queue_limit_frames", ["queue": queue.name], queue.limits.elements)
    }
    // Only of queues that are bounded in bytes: others do not weigh what they hold.
    let weighed = snapshot.queues.filter { $0.limits.bytes < .max }
    page.family("sightline_queue_bytes", .gauge, "Bytes in a queue.")
    for queue in weighed {
      page.sample("sightline_queue_bytes", ["queue": queue.name], queue.bytes)
    }
    page.family("sightline_queue_limit_bytes", .gauge, "The most bytes that a queue holds.")
    for queue in weighed {
      page.sample("sightline_queue_limit_bytes", ["queue": queue.name], queue.limits.bytes)
    }
    page.family(
      "sightline_in_flight_bytes", .gauge,
      "What frames between workers and tracker keep: faces and lists of candidates.")
    page.sample("sightline_in_flight_bytes", snapshot.keptBytes)
    if snapshot.keptLimitBytes < .max {
      page.family(
        "sightline_in_flight_limit_bytes", .gauge, "From so many on no other frame comes in.")
      page.sample("sightline_in_flight_limit_bytes", snapshot.keptLimitBytes)
    }
  }

  private static func stages(_ snapshot: PipelineSnapshot, _ page: inout Exposition) {
    histogram(
      "sightline_stage_work_seconds", "Work of a stage on a frame; of publish, on a commit.",
      snapshot.measures.work, &page)
    histogram(
      "sightline_stage_wait_seconds", "Waiting of a frame in the queue before a stage.",
      snapshot.measures.wait, &page)
    page.family(
      "sightline_stage_busy_seconds_total", .counter,
      "Time in which a stage was at work, of all its threads together.")
    for stage in Stage.allCases {
      page.sample(
        "sightline_stage_busy_seconds_total", ["stage": stage.rawValue],
        Double(snapshot.measures.busy[stage] ?? 0) / 1e9)
    }
    page.family("sightline_stage_threads", .gauge, "Threads that a stage may use, shared ones too.")
    for stage in Stage.allCases {
      page.sample(
        "sightline_stage_threads", ["stage": stage.rawValue],
        stage.isWorkers ? snapshot.workers : 1)
    }
  }

  private static func histogram(
    _ name: String, _ help: String, _ durations: [Stage: Durations], _ page: inout Exposition
  ) {
    page.family(name, .histogram, help)
    for stage in Stage.allCases {
      guard let values = durations[stage] else { continue }
      add(name, ["stage": stage.rawValue], values, &page)
    }
  }

  private static func add(
    _ name: String, _ labels: Exposition.Labels, _ values: Durations, _ page: inout Exposition
  ) {
    page.histogram(
      name, labels, bounds: bounds.map { Double($0) / 1e9 }, cumulative: values.cumulative(bounds),
      count: values.count, sum: Double(values.total) / 1e9)
  }

  private static func counts(_ snapshot: PipelineSnapshot, _ page: inout Exposition) {
    let faces = snapshot.faces
    page.family("sightline_faces_located_total", .counter, "Faces found in frames.")
    page.sample("sightline_faces_located_total", faces.located)
    page.family("sightline_faces_embedded_total", .counter, "Faces that were embedded.")
    page.sample("sightline_faces_embedded_total", faces.embedded)
    page.family("sightline_faces_rejected_total", .counter, "Faces that were not, and why.")
    page.sample(
      "sightline_faces_rejected_total", ["reason": "below-quality-floor"], faces.belowQualityFloor)
    page.sample(
      "sightline_faces_rejected_total", ["reason": "unknown-marker"], faces.unknownMarker)
    page.family("sightline_searches_total", .counter, "Probes searched in the gallery.")
    page.sample("sightline_searches_total", snapshot.searches)
    page.family(
      "sightline_candidates_over_threshold_total", .counter,
      "Candidates of searches at or over the decision threshold.")
    page.sample(
      "sightline_candidates_over_threshold_total", snapshot.candidatesOverThreshold)
    page.family("sightline_sightings_total", .counter, "Sighting events made, by phase.")
    for (phase, count) in [
      ("opened", snapshot.opened), ("updated", snapshot.updated), ("closed", snapshot.closed),
    ] {
      page.sample("sightline_sightings_total", ["phase": phase], count)
    }
  }

  private static func bus(
    _ snapshot: PipelineSnapshot, _ forwarding: ForwardingFacts?, _ page: inout Exposition
  ) {
    page.family("sightline_events_durable_total", .counter, "Events durable on the bus.")
    page.sample("sightline_events_durable_total", snapshot.eventsDurable)
    page.family("sightline_events_duplicate_total", .counter, "Events that the bus had already.")
    page.sample("sightline_events_duplicate_total", snapshot.eventsDuplicate)
    page.family(
      "sightline_bus_lag_events", .gauge,
      "Events that wait: log, to be durable; outbox, to be acknowledged by the other bus.")
    page.sample("sightline_bus_lag_events", ["queue": "log"], snapshot.eventsWaiting)
    if let forwarding {
      page.sample("sightline_bus_lag_events", ["queue": "outbox"], forwarding.waiting)
      page.family(
        "sightline_bus_up", .gauge,
        "1 while the bus that events are forwarded to is there, 0 while it is away.")
      page.sample("sightline_bus_up", forwarding.awaySeconds == nil ? 1 : 0)
    }
    page.family(
      "sightline_event_latency_seconds", .histogram,
      "From a frame's being due, or coming in on the virtual clock, to its events' being durable.")
    add("sightline_event_latency_seconds", [:], snapshot.eventLatency, &page)
  }
}
