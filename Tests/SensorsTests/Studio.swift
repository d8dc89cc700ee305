// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import FoundationEssentials
import Frames
import Markers
import Sensors
import SystemPackage

/// Probes that say what they were asked for: identity, tier and draw in six floats.
struct TellingProbes: ProbeSource {
  let populationSeed: UInt64 = 3
  let populationDigest = SHA256Digest(of: "telling probes")
  let dimension = 6
  let arguments = ["--telling"]

  func probe(identity: UInt64, tier: Int, draw: UInt64) -> [Float] {
    [
      Float(identity >> 40), Float(identity >> 20 & 0xFFFFF), Float(identity & 0xFFFFF),
      Float(tier), Float(draw >> 52), Float(draw & 0xFFF),
    ]
  }
}

/// A folder that is removed, with all that was simulated into it, when it goes out of use.
final class Studio: Sendable {
  let root: FilePath

  init() throws {
    let name = "sensors-\(UInt64.random(in: 0...UInt64.max))"
    root = FilePath(FileManager.default.temporaryDirectory.path).appending(name)
    try FileManager.default.createDirectory(
      atPath: root.string, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root.string) }

  func shoot(
    _ name: String, _ options: SimulationOptions, workers: Int? = 2
  ) async throws -> Footage {
    let folder = root.appending(name)
    try await Simulator.run(options, probes: TellingProbes(), to: folder, workers: workers)
    return try Footage(folder)
  }

  /// Names in the root, hidden ones included.
  func content() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.string).sorted()
  }
}

/// A frame set read back from disk.
struct Footage {
  let folder: FilePath
  let manifest: FrameSetManifest
  let truth: FrameSetTruth

  init(_ folder: FilePath) throws {
    self.folder = folder
    func json<Value: Decodable>(_ name: String) throws -> Value {
      let bytes = try WholeFile.read(folder.appending(name))
      return try JSONDecoder().decode(Value.self, from: Data(bytes))
    }
    manifest = try json(FrameSetManifest.fileName)
    truth = try json(FrameSetTruth.fileName)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    try WholeFile.read(folder.pushing(FilePath(name)))
  }

  /// The luma of a frame.
  func gray(_ frame: FrameSetManifest.Frame) throws -> (pixels: [UInt8], warning: String?) {
    let buffer = PixelBuffer()
    return try bytes(frame.file).withUnsafeBufferPointer { bytes in
      let decoded = try JPEGDecoder().decode(bytes, into: buffer, frame: frame.file)
      let view = decoded.pixels
      let pixels = UnsafeBufferPointer(start: view.base, count: view.width * view.height)
      return (Array(pixels), decoded.warning)
    }
  }

  func markers(_ frame: FrameSetManifest.Frame, _ locator: MarkerLocator) throws -> [LocatedMarker]
  {
    let camera = try camera(frame.camera)
    var pixels = try gray(frame).pixels
    return pixels.withUnsafeMutableBufferPointer { pixels in
      pixels.baseAddress.map {
        locator.locate(
          gray: $0, width: camera.width, height: camera.height, stride: camera.width)
      } ?? []
    }
  }

  func camera(_ id: String) throws -> FrameSetManifest.Camera {
    struct NoSuchCamera: Error {}
    guard let camera = manifest.cameras.first(where: { $0.id == id }) else { throw NoSuchCamera() }
    return camera
  }

  /// The truth of one frame: who is in view.
  func people(camera: String, seq: Int) -> [(marker: Int, visible: FrameSetTruth.Visible)] {
    truth.appearances.filter { $0.camera == camera }.flatMap { person in
      person.frames.filter { $0.seq == seq }.map { (person.marker, $0) }
    }
  }
}

extension FrameSetTruth {
  static var fileName: String { FrameSetManifest.truthName }
}

extension SimulationOptions {
  /// Small and quick, for what does not need markers that can be read.
  static var tiny: SimulationOptions {
    var options = SimulationOptions()
    options.cameras = 2
    options.seconds = 4
    options.framesPerSecond = 5
    options.size = FrameSize(width: 320, height: 180)
    options.seed = 7
    return options
  }
}
