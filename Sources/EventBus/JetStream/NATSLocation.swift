// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import SystemPackage

/// A stream on a NATS JetStream server or cluster, as a user writes it:
/// `nats://[user@]host[:port][,host[:port]…][/STREAM][?setting=value&…]`, or `tls://…`.
///
/// Secrets are named by file or come from the environment; a password in the text is taken, but told
/// nowhere.
package struct NATSLocation: Hashable, Sendable {
  package struct Server: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    package var port: Int

    package var description: String {
      (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }
  }

  /// Tried in turn; others of the cluster are learnt when connected.
  package var servers: [Server]
  /// Encrypt, and refuse a server whose certificate does not check out.
  package var secure = false
  package var user: String?
  /// What stood in the text, and so in the list of processes: better not there.
  package var passwordInText: Secret?
  package var passwordFile: FilePath?
  /// The seed of an nkey; the public key follows from it.
  package var seedFile: FilePath?
  /// A user's JWT and seed, as `nsc` writes them.
  package var credentialsFile: FilePath?
  /// PEM: whom to trust, instead of the system's authorities.
  package var authorityFile: FilePath?
  /// PEM: our own certificate and its key, where the server asks for them.
  package var certificateFile: FilePath?
  package var keyFile: FilePath?
  package var stream = StreamSettings()

  package init(servers: [Server]) { self.servers = servers }

  /// The environment variable that a password may come from.
  package static let passwordVariable = "SIGHTLINE_NATS_PASSWORD"
}

extension NATSLocation: CustomStringConvertible {
  /// Without passwords; files of secrets are named, as they are no secret.
  package var description: String {
    return (secure ? "tls" : "nats") + "://" + (namedUser.map { $0 + "@" } ?? "")
      + servers.map(\.description).joined(separator: ",") + "/" + stream.name
  }
}

/// Text that is never printed.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  package let text: String

  package init(_ text: String) { self.text = text }

  package var description: String { "(secret)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
