// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Galleries
internal import Glibc
internal import Pipeline

struct GalleryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gallery",
    abstract: "Make galleries on disk, look at them, check them, exchange them.",
    discussion: """
      A gallery is a folder: manifest.json, with a SHA-256 of every chunk, beside plain data files that \
      NumPy and nearest-neighbour tools read as they are.
      """,
    subcommands: [Create.self, Info.self, Verify.self, Export.self, Import.self])
}

/// `--threads`, as all gallery commands have it.
struct ThreadsOption: ParsableArguments {
  @Option(help: ArgumentHelp("Threads to work on. (default: one a core)", valueName: "n"))
  var threads: Int?

  func validate() throws {
    guard threads.map({ (1...256).contains($0) }) ?? true else {
      throw ValidationError("--threads: give a number from 1 to 256")
    }
  }

  var count: Int { threads ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

extension GalleryCommand {
  /// Runs a step that is cancelled by an interrupt, and ends with the documented status then.
  static func interruptible<R: Sendable>(
    _ body: @escaping @Sendable () async throws -> R
  ) async throws -> R {
    // A limit on file sizes is an error to tell, not a signal to die of.
    signal(SIGXFSZ, SIG_IGN)
    do {
      return try await CancelOnSignal().running(body)
    } catch let error as GalleryError where error.code == .cancelled {
      Console.error("sightline: \(error)")
      throw ExitCode(ExitStatus.interrupted)
    }
  }

  /// Seconds since `start`.
  static func seconds(since start: UInt64) -> Double {
    Double(Monotonic.now() &- start) / 1e9
  }

  /// Decimal gigabytes, as disks are sold and speeds are told.
  static func gigabytes(_ bytes: Int) -> String {
    let thousandths = (bytes + 500_000) / 1_000_000
    let decimals = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - decimals.count) + decimals
      + " GB"
  }
}

extension GalleryEncoding: ExpressibleByArgument {}
