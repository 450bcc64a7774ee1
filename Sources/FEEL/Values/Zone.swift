/// What a time says of its place on earth; values keep the form they were written in.
///
/// - Source: DMN 1.5, 10.3.2.3.5 (time).
public enum Zone: Hashable, Sendable {
  /// Nothing is said: wherever the reader is.
  case local
  /// Seconds east of UTC, up to 18 hours either way; 0 is written `Z`.
  case offset(seconds: Int32)
  /// A name of the time zone database, as `Europe/Paris`; which names exist is for ``ZoneRules`` to say.
  case named(String)

  /// The greatest offset either way: 18 hours.
  public static let greatestOffset = 18 * 3_600

  /// An offset from UTC; nil when it is more than 18 hours.
  public init?(offsetSeconds: Int) {
    guard (-Self.greatestOffset...Self.greatestOffset).contains(offsetSeconds) else { return nil }
    self = .offset(seconds: Int32(offsetSeconds))
  }

  /// Reads the zone at the end of a time: nothing, `Z`, `+02:00`, `-01:30:15` or `@Europe/Paris`.
  init?(_ bytes: Span<UInt8>, _ scanner: inout TemporalScanner) {
    switch scanner.peek(in: bytes) {
    case nil:
      self = .local
    case UInt8(ascii: "Z"):
      scanner.position += 1
      self = .offset(seconds: 0)
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      let negative = scanner.peek(in: bytes) == UInt8(ascii: "-")
      scanner.position += 1
      guard let hours = scanner.number(digits: 2...2, in: bytes), scanner.skip(":", in: bytes),
        let minutes = scanner.number(digits: 2...2, in: bytes), minutes < 60
      else { return nil }
      var seconds = 0
      if scanner.skip(":", in: bytes) {
        guard let given = scanner.number(digits: 2...2, in: bytes), given < 60 else { return nil }
        seconds = given
      }
      let offset = hours * 3_600 + minutes * 60 + seconds
      self.init(offsetSeconds: negative ? -offset : offset)
    case UInt8(ascii: "@"):
      scanner.position += 1
      var name = ""
      while let byte = scanner.peek(in: bytes), Self.isNameByte(byte), name.utf8.count < Self.longestName {
        name.unicodeScalars.append(Unicode.Scalar(byte))
        scanner.position += 1
      }
      guard !name.isEmpty else { return nil }
      self = .named(name)
    default:
      return nil
    }
  }

  /// Longer than any name of the time zone database, and short enough to be shown.
  private static let longestName = 64

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "+"):
      true
    default: false
    }
  }
}

extension Zone: CustomStringConvertible {
  /// The zone as it follows a time: nothing, `Z`, `+02:00` or `@Europe/Paris`.
  public var description: String {
    switch self {
    case .local: return ""
    case .offset(seconds: 0): return "Z"
    case .offset(let seconds):
      let total = Int(seconds.magnitude)
      let text = (seconds < 0 ? "-" : "+") + padded(total / 3_600, to: 2) + ":" + padded(total / 60 % 60, to: 2)
      return total.isMultiple(of: 60) ? text : text + ":" + padded(total % 60, to: 2)
    case .named(let name): return "@" + name
    }
  }
}

/// The offsets of named zones: what the time zone database knows.
///
/// FEEL reads no files; whoever runs it brings the rules.
public protocol ZoneRules: Sendable {
  /// Seconds east of UTC that clocks in the zone show when they read a local time, given as if it were UTC.
  ///
  /// Of a time that occurs twice it is the first one's offset; of a time that is skipped, the offset before the gap.
  /// - Returns: nil for an unknown name.
  func offset(of name: String, atLocal secondsSince1970: Int) -> Int?

  /// Seconds east of UTC in the zone at an instant; nil for an unknown name.
  func offset(of name: String, atUTC secondsSince1970: Int) -> Int?

  /// Whether there is a zone of the name.
  func knows(_ name: String) -> Bool
}

/// Rules without a database: `UTC` and `Etc/UTC` only.
public struct NoZones: ZoneRules {
  /// There is nothing to set.
  public init() {}

  /// 0 for UTC.
  public func offset(of name: String, atLocal secondsSince1970: Int) -> Int? {
    knows(name) ? 0 : nil
  }

  /// 0 for UTC.
  public func offset(of name: String, atUTC secondsSince1970: Int) -> Int? {
    knows(name) ? 0 : nil
  }

  /// Whether the name is one of UTC's.
  public func knows(_ name: String) -> Bool {
    name == "UTC" || name == "Etc/UTC"
  }
}
