// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Faces
internal import Frames
internal import Logs
internal import Pipeline

/// A key of a scenario file: an option of a command, by the same name.
struct ScenarioKey {
  let name: String
  let kind: Kind
  /// As the option's help tells it; `nil` for none.
  let standard: String?
  let words: String
  /// Keys that set the same thing another way: only the nearest source of all of them counts.
  var rivals: [String] = []

  /// The environment variable that sets it for `command`.
  func variable(_ command: String) -> String {
    ScenarioKeys.prefix(command) + name.uppercased().replacing("-", with: "_")
  }
}

/// The commands that a scenario file is for, and their keys, in the order of their help.
enum ScenarioKeys {
  static let version = 1
  static let commands = ["simulate", "run", "bench-pipeline"]

  static func of(_ command: String) -> [ScenarioKey] {
    switch command {
    case "run": run
    case "bench-pipeline": benchPipeline
    default: simulate
    }
  }

  /// What the names of a command's environment variables begin with.
  static func prefix(_ command: String) -> String {
    "SIGHTLINE_\(command)_".uppercased().replacing("-", with: "_")
  }

  /// The command's words on the command line.
  static func words(_ command: String) -> [String] {
    command.split(separator: "-").map(String.init)
  }

  private static let simulate: [ScenarioKey] = [
    .init(name: "out", kind: .text, standard: nil, words: "Folder to make."),
    .init(name: "cameras", kind: .count, standard: "4", words: "Number of cameras."),
    .init(name: "seconds", kind: .seconds, standard: "5.0", words: "Length of the feeds."),
    .init(name: "fps", kind: .number, standard: "5.0", words: "Frames a second of each camera."),
    .init(name: "size", kind: .text, standard: "1280x720", words: "Frame size in pixels."),
    .init(name: "seed", kind: .count, standard: "1", words: "Seed of all but the population."),
    .init(
      name: "population-seed", kind: .count, standard: "1", words: "Seed of the population."),
    .init(name: "line", kind: .line, standard: "C", words: "Quality line, best first."),
    .init(name: "people", kind: .count, standard: nil, words: "Passes before each camera."),
    .init(name: "crowd", kind: .count, standard: "2", words: "Most people in view at a time."),
    .init(name: "mated", kind: .share, standard: "0.75", words: "Share of enrolled people."),
    .init(name: "enrolled", kind: .count, standard: "100000", words: "Size of their gallery."),
    .init(name: "blur", kind: .list, standard: "0", words: "Lens blur in pixels, by camera."),
    .init(name: "exposure", kind: .list, standard: "1", words: "1 is right, 0.3 dark; by camera."),
    .init(name: "noise", kind: .list, standard: "1", words: "Sensor noise, by camera."),
    .init(name: "quality", kind: .list, standard: "85", words: "JPEG quality, by camera."),
    .init(
      name: "distance", kind: .list, standard: "mixed",
      words: "near, mixed or far, or the marker's side at 720 lines: 24px, 20-28px."),
    .init(name: "dropped", kind: .text, standard: "0", words: "Frames lost: 3, or 2%."),
    .init(name: "truncated", kind: .text, standard: "0", words: "Frames cut short."),
    .init(name: "garbage", kind: .text, standard: "0", words: "Frames that hold no JPEG."),
    .init(name: "crossing", kind: .flag, standard: "false", words: "Let two people cross."),
    .init(name: "revisits", kind: .flag, standard: "false", words: "Let people come again."),
  ]

  private static let run: [ScenarioKey] = [
    .init(
      name: "gallery", kind: .text, standard: nil, words: "A folder, or procedural:N.",
      rivals: ["gallery-size"]),
    .init(
      name: "gallery-size", kind: .count, standard: nil, words: "The same as procedural:N.",
      rivals: ["gallery"]),
    .init(
      name: "matcher", kind: .choice(of: MatcherChoice.self), standard: "auto",
      words: "What searches."),
    .init(
      name: "threshold", kind: .number, standard: nil, words: "A cosine.", rivals: ["fpir"]),
    .init(
      name: "fpir", kind: .share, standard: nil, words: "The rate to aim for.",
      rivals: ["threshold"]),
    .init(
      name: "bus", kind: .text, standard: "sqlite:sightline.db", words: "Where events go."),
    .init(
      name: "outbox", kind: .text, standard: "sqlite:sightline-outbox.db",
      words: "Where they are kept until NATS has them."),
    .init(
      name: "flush", kind: .seconds, standard: "30.0",
      words: "How long to wait for NATS at the end."),
    .init(
      name: "scale", kind: .choice(of: DecodeScale.self), standard: "1/1",
      words: "Part of the resolution to decode."),
    .init(
      name: "locate", kind: .choice(of: LocateMode.self), standard: "frame",
      words: "frame, or the set's boxes."),
    .init(
      name: "decimation", kind: .number, standard: "2.0", words: "Smaller to look for markers."),
    .init(
      name: "clock", kind: .choice(of: RunClock.self), standard: "virtual",
      words: "virtual or wall."),
    .init(name: "top", kind: .count, standard: "5", words: "Candidates an event carries."),
    .init(
      name: "track-gap", kind: .duration, standard: "2s", words: "How long a track may go unseen."),
    .init(name: "captures", kind: .count, standard: "3", words: "Best captures that are fused."),
    .init(
      name: "least-captures", kind: .count, standard: "2", words: "Searches a decision needs."),
    .init(
      name: "update-every", kind: .duration, standard: "1s",
      words: "Least time between updates of a sighting."),
    .init(
      name: "cool-down", kind: .duration, standard: "10s",
      words: "How long somebody must have been away to be sighted anew."),
    .init(name: "threads", kind: .count, standard: nil, words: "Workers and matcher threads."),
    .init(name: "queue-frames", kind: .count, standard: nil, words: "Frames that may wait."),
    .init(name: "queue-bytes", kind: .count, standard: "67108864", words: "Their bytes."),
    .init(
      name: "when-full", kind: .choice(of: QueuePolicy.self), standard: "drop-oldest",
      words: "drop-oldest, drop-newest or block."),
    .init(name: "max-age", kind: .duration, standard: nil, words: "Drop what waited longer."),
    .init(name: "batch", kind: .count, standard: "64", words: "Probes searched together."),
    .init(
      name: "batch-wait", kind: .duration, standard: nil,
      words: "How long a batch that is not full waits for more."),
    .init(
      name: "batch-backlog-wait", kind: .duration, standard: "20ms",
      words: "How long a batch waits for more while frames queue for a worker."),
    .init(
      name: "batch-per-camera", kind: .count, standard: "16",
      words: "Of these, probes of one camera while others wait."),
    .init(name: "deployment", kind: .text, standard: "local", words: "Name of the installation."),
    .init(name: "fresh", kind: .flag, standard: "false", words: "Start over."),
    .init(
      name: "publish-truth", kind: .flag, standard: "false", words: "Publish who was there too."),
    .init(name: "fault", kind: .lines, standard: nil, words: "What goes wrong meanwhile."),
    .init(name: "limit", kind: .lines, standard: nil, words: "What must hold at the end."),
    .init(name: "metrics", kind: .text, standard: nil, words: "Address to give metrics on."),
    .init(
      name: "log-level", kind: .choice(of: LogLevel.self), standard: "notice",
      words: "What is told as it runs."),
    .init(
      name: "log-format", kind: .choice(of: LogFormat.self), standard: "text",
      words: "text or json."),
    .init(name: "no-live", kind: .flag, standard: "false", words: "Lines, never a live view."),
    .init(name: "trace", kind: .text, standard: nil, words: "A file for frames' ways."),
  ]
}
