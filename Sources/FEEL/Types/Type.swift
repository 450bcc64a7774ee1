/// The static type of a FEEL expression.
///
/// - Source: DMN 1.5, 10.3.2.9 (types and conformance).
public enum Type: Hashable, Sendable {
  /// What the checker cannot know; checked when it is evaluated.
  case any
  case null
  case boolean
  case number
  case string
  case date
  case time
  case dateAndTime
  case daysAndTimeDuration
  case yearsAndMonthsDuration
  indirect case list(Type)
  case context(ContextType)
  indirect case range(Type)
  indirect case function(parameters: [Type], result: Type)
  /// A type of which only some values are allowed.
  indirect case restricted(Type, AllowedValues)

  /// The type without its restriction.
  public var base: Type {
    if case .restricted(let type, _) = self { type.base } else { self }
  }

  /// The type where it is no more than its name; nil where there is more to it.
  @inline(__always)
  var simple: SimpleType? {
    switch self {
    case .any: .any
    case .null: .null
    case .boolean: .boolean
    case .number: .number
    case .string: .string
    case .date: .date
    case .time: .time
    case .dateAndTime: .dateAndTime
    case .daysAndTimeDuration: .daysAndTimeDuration
    case .yearsAndMonthsDuration: .yearsAndMonthsDuration
    case .list, .context, .range, .function, .restricted: nil
    }
  }

  /// Whether nothing is known of the type's values, or that they are null.
  var isOpen: Bool {
    switch self {
    case .any, .null: true
    default: false
    }
  }

  /// What restricts the type's values, if anything does.
  public var allowedValues: AllowedValues? {
    if case .restricted(_, let allowed) = self { allowed } else { nil }
  }

  /// The type of a list's items, nil where this is not a list.
  public var item: Type? {
    if case .list(let item) = base { item } else { nil }
  }

  /// Whether a value of this type may be a list or a range, in which others are.
  var mayHold: Bool {
    switch base {
    case .any, .list, .range: true
    default: false
    }
  }

  /// Whether a value of this type can stand where `other` is wanted (10.3.2.9.2).
  public func conforms(to other: Type) -> Bool {
    switch (base, other.base) {
    case (_, .any), (.null, _): true
    case (.list(let a), .list(let b)): a.conforms(to: b)
    case (.range(let a), .range(let b)): a.conforms(to: b)
    case (.context(let a), .context(let b)):
      a == b
        || b.members.allSatisfy { wanted in
          a.member(wanted.name).map { $0.type.conforms(to: wanted.type) } ?? false
        }
    case (.function(let p, let r), .function(let q, let s)):
      p.count == q.count && r.conforms(to: s) && zip(p, q).allSatisfy { $1.conforms(to: $0) }
    case (let a, let b): a == b
    }
  }

  /// Whether some value could be of both types; `any` and `null` go with everything.
  public func overlaps(_ other: Type) -> Bool {
    // Nearly all types are no more than a name.
    if let a = simple, let b = other.simple { return a.overlaps(b) }
    return switch (base, other.base) {
    case (.any, _), (_, .any), (.null, _), (_, .null): true
    case (.list(let a), .list(let b)): a.overlaps(b)
    case (.range(let a), .range(let b)): a.overlaps(b)
    case (.context, .context), (.function, .function): true
    case (let a, let b): a == b
    }
  }

  /// The narrowest type that holds the values of both.
  public func joined(with other: Type) -> Type {
    if let a = simple, a == other.simple { return self }
    if self == other { return self }
    switch (base, other.base) {
    case (.null, _): return other
    case (_, .null): return self
    case (.list(let a), .list(let b)): return .list(a.joined(with: b))
    case (.range(let a), .range(let b)): return .range(a.joined(with: b))
    case (let a, let b): return a == b ? a : .any
    }
  }
}

extension Type {
  /// The type in the words of rules, where text is `text`; FEEL calls it `string`.
  var label: String {
    switch self {
    case .string: "text"
    case .list(let item): "list<\(item.label)>"
    case .range(let end): "range<\(end.label)>"
    case .context(let context): context.name ?? "context"
    case .function: "function"
    case .restricted(let type, _): type.label
    default: description
    }
  }
}

extension Type: CustomStringConvertible {
  /// FEEL's own name for the type.
  public var description: String {
    switch self {
    case .any: "Any"
    case .null: "Null"
    case .boolean: "boolean"
    case .number: "number"
    case .string: "string"
    case .date: "date"
    case .time: "time"
    case .dateAndTime: "date and time"
    case .daysAndTimeDuration: "days and time duration"
    case .yearsAndMonthsDuration: "years and months duration"
    case .list(let item): "list<\(item)>"
    case .context(let type): type.description
    case .range(let type): "range<\(type)>"
    case .function(let parameters, let result):
      "function<\(parameters.map(\.description).joined(separator: ", "))> -> \(result)"
    case .restricted(let type, _): type.description
    }
  }
}

extension Type {
  /// How much there is to a type when it is spelt out: its parts may be shared, and then are few in memory.
  fileprivate struct Extent: Hashable, Sendable {
    var depth = 0
    var types = 1

    init() {}

    init(holding parts: [Type]) {
      for part in parts { include(part) }
      depth += 1
    }

    init(holding part: Type) {
      include(part)
      depth += 1
    }

    private mutating func include(_ part: Type) {
      let extent = part.extent
      depth = max(depth, extent.depth)
      types = min(types + extent.types, Type.sizeLimit + 1)
    }
  }

  private var extent: Extent {
    switch self {
    case .list(let item), .range(let item): Extent(holding: item)
    case .context(let context): context.extent
    case .function(let parameters, let result): Extent(holding: parameters + [result])
    case .restricted(let type, _): type.extent
    default: Extent()
    }
  }

  private static let depthLimit = 64
  private static let sizeLimit = 2_000

  /// Whether it is too large to be compared and shown: an expression's type grows with its text and faster.
  var isTooLarge: Bool {
    switch self {
    case .list, .range, .context, .function, .restricted:
      extent.depth > Self.depthLimit || extent.types > Self.sizeLimit
    default: false
    }
  }
}

/// What a type's values may be: some listed values, or an interval.
public struct AllowedValues: Hashable, Sendable {
  /// The values there are, in the order they were given; nil where they are not listed.
  public var listed: [Value]?
  /// No value is below it (it may or may not be allowed itself).
  public var lower: Value?
  /// No value is above it.
  public var upper: Value?
  /// As it was written, for messages.
  public var text: String

  public init(listed: [Value]? = nil, lower: Value? = nil, upper: Value? = nil, text: String) {
    self.listed = listed
    self.lower = lower
    self.upper = upper
    self.text = text
  }
}

/// The type of a context: its members, in the order they were declared.
public final class ContextType: Hashable, Sendable, CustomStringConvertible {
  /// One entry of a context.
  public struct Member: Hashable, Sendable {
    public var name: String
    public var type: Type
    /// Whether its value must not be shown unless asked for.
    public var isSensitive: Bool

    public init(_ name: String, _ type: Type, isSensitive: Bool = false) {
      self.name = name
      self.type = type
      self.isSensitive = isSensitive
    }
  }

  /// The declared name, if it has one.
  public let name: String?
  public let members: [Member]
  /// The names of the members, in their order.
  let names: [String]
  /// The member that tells items of this type apart in a list.
  public let key: Int?
  private let index: NameIndex
  /// Of the type as it is spelt out; a declared type is its name.
  fileprivate let extent: Type.Extent

  public init(name: String? = nil, members: [Member], key: String? = nil) {
    self.name = name
    self.members = members
    names = members.map(\.name)
    let index = NameIndex(names)
    self.index = index
    self.key = key.flatMap { index[$0] }
    extent = name == nil ? Type.Extent(holding: members.map(\.type)) : Type.Extent()
  }

  public func index(of name: String) -> Int? { index[name] }

  /// The position of the member whose name some bytes of UTF-8 spell.
  func index(of name: UnsafeBufferPointer<UInt8>) -> Int? { index[name] }

  public func member(_ name: String) -> Member? { index[name].map { members[$0] } }

  public static func == (left: ContextType, right: ContextType) -> Bool {
    left === right || (left.name == right.name && left.members == right.members)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(members.count)
  }

  public var description: String {
    name ?? "context<\(members.map { "\($0.name): \($0.type)" }.joined(separator: ", "))>"
  }
}
