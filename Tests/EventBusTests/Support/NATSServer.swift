// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Glibc
import Testing

/// A real server on the loopback interface, in a folder of its own.
final class NATSServer {
  /// The program, if there is one: what the environment names, the one `scripts/setup --nats` made, or
  /// Debian's.
  static let program: String? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../..").standardized.path()
    let named = ProcessInfo.processInfo.environment["SIGHTLINE_NATS_SERVER"]
    return [named, root + "/.build/nats/bin/nats-server", "/usr/sbin/nats-server"]
      .compactMap { $0 }.first { access($0, X_OK) == 0 }
  }()
  static let isInstalled = program != nil
  static let howToInstall: Comment = "no NATS server here; scripts/setup --nats installs one"

  /// Where the programs lie that look at servers from outside.
  static let tools = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Bench/jetstream").standardized.path()

  let name: String
  let port: Int
  private let folder: URL
  private let configuration: String
  private var process: Process?

  var address: String { "127.0.0.1:\(port)" }
  var url: String { "nats://\(address)" }

  /// Starts with these lines of configuration beside what every server here has.
  init(_ folder: URL, name: String = "one", port: Int? = nil, _ lines: String = "") throws {
    self.name = name
    self.port = port ?? Self.freePort()
    self.folder = folder.appending(path: name)
    configuration = """
      server_name: \(name)
      listen: "127.0.0.1:\(self.port)"
      jetstream { store_dir: "\(self.folder.path())/store", max_file_store: 1GB, max_memory_store: 64MB }
      \(lines)

      """
    try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    try start()
  }

  deinit { kill() }

  func start() throws {
    let file = folder.appending(path: "server.conf")
    try Data(configuration.utf8).write(to: file)
    let log = folder.appending(path: "server.log")
    _ = FileManager.default.createFile(atPath: log.path(), contents: nil)
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.program))
    process.arguments = ["-c", file.path()]
    process.standardError = try FileHandle(forWritingTo: log)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    self.process = process
    for _ in 0..<500 {
      if Self.connects(port) { return }
      usleep(20_000)
    }
    Issue.record("the server did not start: \(try String(contentsOf: log, encoding: .utf8))")
  }

  /// Ends it as a crash would.
  func kill() {
    guard let process else { return }
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    self.process = nil
  }

  func freeze() { _ = process.map { Glibc.kill($0.processIdentifier, SIGSTOP) } }
  func thaw() { _ = process.map { Glibc.kill($0.processIdentifier, SIGCONT) } }

  /// What the stream holds, read by another program.
  func messages(_ stream: String = "SIGHTINGS", bodies: Bool = false) throws -> [Message] {
    let text = try Workshop.run(
      "/usr/bin/python3",
      [Self.tools + "/read_stream.py", address, stream] + (bodies ? ["--body"] : []))
    return text.split(separator: "\n").map { line in
      let parts = line.split(separator: " ", maxSplits: 4).map { String($0) }
      return Message(
        subject: parts[1], id: parts[2], contentType: parts[3],
        body: parts.count > 4 ? parts[4] : "")
    }
  }

  struct Message: Equatable {
    var subject: String
    var id: String
    var contentType: String
    var body: String
  }

  /// A port that nobody listens on; another process may take it meanwhile, but hardly does.
  static func freePort() -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, size)
        _ = getsockname(descriptor, $0, &size)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  static func connects(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }
}
