import FEEL
import Synchronization

/// The time zones that the machine knows, read from its files when they are first named; without such files, UTC alone.
final class SystemZones: ZoneRules {
  private let zones = Mutex<[String: ZoneInfo?]>([:])

  private let folder: String

  /// - Parameter folder: where the compiled files of the time zone database are.
  init(folder: String = "/usr/share/zoneinfo") { self.folder = folder }

  func offset(of name: String, atLocal secondsSince1970: Int) -> Int? {
    zone(name)?.offset(atLocal: secondsSince1970) ?? NoZones().offset(of: name, atLocal: secondsSince1970)
  }

  func offset(of name: String, atUTC secondsSince1970: Int) -> Int? {
    zone(name)?.offset(atUTC: secondsSince1970) ?? NoZones().offset(of: name, atUTC: secondsSince1970)
  }

  func knows(_ name: String) -> Bool { zone(name) != nil || NoZones().knows(name) }

  private func zone(_ name: String) -> ZoneInfo? {
    zones.withLock { zones in
      if let known = zones[name] { return known }
      let found = read(name)
      zones[name] = .some(found)
      return found
    }
  }

  private func read(_ name: String) -> ZoneInfo? {
    // A name comes from an expression: only a zone's own parts may lead below the folder.
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isName = parts.allSatisfy { part in
      part.first?.isLetter == true
        && part.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"):
            true
          default: false
          }
        }
    }
    guard isName, let bytes = try? Files.read("\(folder)/\(name)", limit: 1 << 20) else { return nil }
    return ZoneInfo(tzif: bytes)
  }
}
