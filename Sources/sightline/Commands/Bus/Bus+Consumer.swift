// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus

extension Bus {
  struct Consumer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add a named consumer to a bus, put it at another place, or drop it.",
      discussion: """
        A consumer's offset is the place up to which it has taken everything; `bus stats` lists them. What \
        one has not taken is kept for it, so drop those that never come back.
        """)

    @Argument(help: "Name of the consumer.")
    var name: String

    @Option(help: ArgumentHelp("Event bus, sqlite:PATH.", valueName: "url"))
    var bus: String = "sqlite:sightline.db"

    @Option(
      help: ArgumentHelp(
        "begin, end, or the place up to which it has taken everything.", valueName: "place"))
    var at: String?

    @Flag(help: "Forget it; nothing is kept for it any more.")
    var drop = false

    func validate() throws {
      _ = try BusArgument.file(bus)
      guard drop != (at != nil) else { throw ValidationError("give --at or --drop") }
      _ = try start()
    }

    func run() async throws {
      let tables = try LogTables(try BusArgument.file(bus))
      defer { try? tables.close() }
      if let start = try start() {
        try tables.placeConsumer(name, start)
      } else {
        try tables.removeConsumer(name)
      }
    }

    private func start() throws -> ConsumerOffset.Start? {
      switch at {
      case nil: return nil
      case "begin": return .beginning
      case "end": return .end
      case .some(let text):
        guard let place = Int64(text), place >= 0 else {
          throw ValidationError("--at: give begin, end, or a place")
        }
        return .after(place)
      }
    }
  }
}
