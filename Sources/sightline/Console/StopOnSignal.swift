// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Dispatch
internal import Glibc
internal import Pipeline

/// Turns SIGINT and SIGTERM into a graceful stop; a second one ends the process at once.
final class StopOnSignal {
  let stop = StopSignal()
  private var sources: [any DispatchSourceSignal] = []

  /// `note` is given to `tell` when the first signal has come.
  init(
    note: String =
      "stopping: finishing frames in flight, closing open sightings (again to quit)",
    tell: @escaping @Sendable (String) -> Void = { Console.note($0) }
  ) {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [stop] in
        if stop.isRaised { _exit(ExitStatus.interrupted) }
        stop.raise()
        tell(note)
      }
      source.resume()
      sources.append(source)
    }
  }
}
