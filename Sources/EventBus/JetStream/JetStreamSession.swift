// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Dispatch

/// A connection to one server, with the stream found or made.
final class JetStreamSession: ForwardSession {
  let context: JetStreamContext
  let description: String
  let memory: Duration
  private let queue: DispatchQueue

  /// Blocks; to be called on `queue`.
  init(
    _ location: NATSLocation, _ server: NATSLocation.Server, _ receiver: any ForwardReceiver,
    on queue: DispatchQueue
  ) throws(BusError) {
    self.queue = queue
    let greeting = try ServerGreeting(server)
    let place = "stream \(location.stream.name) at \(server)"
    let inbox = AckInbox(receiver, location, place: place)
    do throws(BusError) {
      context = try LibraryThreads.made { () throws(BusError) in
        try JetStreamContext(location, server, inbox)
      }
    } catch {
      inbox.close()
      throw error
    }
    do {
      let facts = try context.prepareStream()
      let replicas = facts.settings.replicas ?? 1
      let memory = facts.settings.duplicates ?? .zero
      self.memory = memory
      description =
        "NATS server \(greeting.version) at \(server), stream \(facts.settings.name), "
        + "\(replicas == 1 ? "1 replica" : "\(replicas) replicas"); \(facts.durability)"
        + (memory < StreamSettings.leastDuplicates
          ? "; it remembers ids for \(memory.components.seconds) s only, so that an event may be "
            + "stored twice; give the stream duplicates=\(StreamSettings.leastDuplicates.components.seconds)s"
            + " or more" : "")
    } catch {
      let reason = inbox.deafness ?? error
      context.close()
      throw reason
    }
  }

  func publish(_ items: [ForwardItem]) async {
    let context = context
    await withCheckedContinuation { continuation in
      queue.async {
        context.publish(items)
        continuation.resume()
      }
    }
  }

  func giveUp(at now: ContinuousClock.Instant) { context.inbox.giveUp(at: now) }

  func lastIDs(_ items: [ForwardItem]) async throws(BusError) -> [Int: String] {
    let context = context
    let result: Result<[Int: String], BusError> = await withCheckedContinuation { continuation in
      queue.async {
        continuation.resume(
          returning: Result { () throws(BusError) in
            var found: [Int: String] = [:]
            for item in items {
              found[item.ticket] = try context.lastID(onSubjectOf: item.event.record)
            }
            return found
          })
      }
    }
    return try result.get()
  }

  func close() async {
    let context = context
    await withCheckedContinuation { continuation in
      queue.async {
        context.close()
        continuation.resume()
      }
    }
  }
}
