// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The servers of a cluster in the order to try them: from one behind the last that answered on, since that one
/// went away.
struct ServerRing: Sendable {
  private var servers: [NATSLocation.Server]
  private var next = 0

  init(_ servers: [NATSLocation.Server]) { self.servers = servers }

  /// Each once.
  var round: [NATSLocation.Server] {
    servers.indices.map { servers[(next + $0) % servers.count] }
  }

  /// `server` answered, and knows these others.
  mutating func answered(_ server: NATSLocation.Server, knows others: [NATSLocation.Server]) {
    for other in others where !servers.contains(other) { servers.append(other) }
    next = ((servers.firstIndex(of: server) ?? -1) + 1) % max(1, servers.count)
  }
}
