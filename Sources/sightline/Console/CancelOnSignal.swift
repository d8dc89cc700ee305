// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Dispatch
internal import Glibc

/// Runs a step that can simply be given up: SIGINT and SIGTERM cancel it and end with status 130.
final class CancelOnSignal {
  func running<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    let task = Task { try await body() }
    var sources: [any DispatchSourceSignal] = []
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if task.isCancelled { _exit(ExitStatus.interrupted) }
        task.cancel()
      }
      source.resume()
      sources.append(source)
    }
    defer { for source in sources { source.cancel() } }
    do {
      return try await task.value
    } catch is CancellationError {
      Console.error("interrupted; nothing was left behind")
      exit(ExitStatus.interrupted)
    }
  }
}
