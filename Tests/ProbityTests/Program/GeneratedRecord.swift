import FEEL
import Probity

/// Facts that were drawn for a record, as a tree that can be cut back to what still shows a difference.
indirect enum Draft {
  case value(Value)
  case unreadable
  /// One for each member of the type; nil where it is absent.
  case context([Draft?])
  case list([Draft])
}

struct GeneratedRecord {
  var root: Draft
  let key: String
  let type: ContextType

  init(_ draw: inout Draw, key: String, type: ContextType) {
    self.key = key
    self.type = type
    // Some records are nearly complete and some nearly empty.
    let rarity = draw.pick([3, 8, 8, 30, 1000])
    root = Self.context(type, &draw, rarity)
  }

  var record: Record {
    let value = Self.value(
      root, .context(type), parent: nil, step: .record(key: key), absent: nil)
    guard case .context(let facts) = value else { preconditionFailure("a record is a context") }
    return Record(key: key, facts: facts)
  }

  // MARK: Drawing

  private static func context(_ type: ContextType, _ draw: inout Draw, _ rarity: Int) -> Draft {
    .context(type.members.map { draft($0.type, &draw, rarity) })
  }

  private static func draft(_ type: Type, _ draw: inout Draw, _ rarity: Int) -> Draft? {
    if draw.oneIn(rarity) { return draw.oneIn(4) ? .unreadable : nil }
    if draw.oneIn(200) { return .value(.null) }
    switch type.base {
    case .context(let context): return Self.context(context, &draw, rarity)
    case .list(let item):
      let isPlain = if case .context = item.base { false } else { true }
      return .list(
        (0..<draw.pick([0, 0, 1, 1, 2, 3, 4])).map { _ in
          if isPlain, draw.oneIn(20) { return .unreadable }
          if case .context(let context) = item.base { return Self.context(context, &draw, rarity) }
          return .value(scalar(item, &draw))
        })
    default: return .value(scalar(type, &draw))
    }
  }

  private static func scalar(_ type: Type, _ draw: inout Draw) -> Value {
    if let listed = type.allowedValues?.listed { return draw.pick(listed) }
    switch type.base {
    case .boolean: return .boolean(draw.oneIn(2))
    case .number:
      while true {
        let number = Number(draw.oneIn(8) ? draw.pick(Pools.oddNumbers) : draw.pick(Pools.numbers)) ?? .zero
        if let lower = type.allowedValues?.lower, case .number(let bound) = lower, number < bound { continue }
        if let upper = type.allowedValues?.upper, case .number(let bound) = upper, number > bound { continue }
        return .number(number)
      }
    case .date:
      let text = draw.oneIn(12) && type.allowedValues == nil ? draw.pick(Pools.oddDates) : draw.pick(Pools.dates)
      return CivilDate(text).map { .date($0) } ?? .null
    case .time: return CivilTime("09:30:00").map { .time($0) } ?? .null
    case .daysAndTimeDuration:
      return DaysAndTimeDuration(draw.pick(Pools.lengths + ["P1DT0.5S", "-PT1S"])).map { .daysAndTimeDuration($0) }
        ?? .null
    case .yearsAndMonthsDuration:
      return YearsAndMonthsDuration(draw.pick(Pools.terms)).map { .yearsAndMonthsDuration($0) } ?? .null
    default: return .string(draw.pick(Pools.texts))
    }
  }

  // MARK: As a value

  private static func value(
    _ draft: Draft, _ type: Type, parent: FactNode?, step: FactNode.Step, absent: Value?
  ) -> Value {
    switch (draft, type.base) {
    case (.value(let value), _): return value
    case (.context(let members), .context(let type)):
      var absences: [Int: Absence] = [:]
      for (index, member) in members.enumerated() {
        if case .unreadable? = member { absences[index] = .unreadable("it is no \(type.members[index].type)") }
      }
      let node = FactNode(parent: parent, step: step, type: type, absences: absences)
      return .context(
        Context(
          facts: node,
          values: members.enumerated().map { index, member in
            switch member {
            case nil, .unreadable?: return nil
            case let member?:
              let declared = type.members[index]
              return value(
                member, declared.type, parent: node, step: .member(declared.name),
                absent: .unknown(
                  Unknown(
                    missing: [Fact(node: node, member: index)], lower: declared.type.item?.allowedValues?.lower,
                    upper: declared.type.item?.allowedValues?.upper)))
            }
          }))
    case (.list(let items), .list(let item)):
      let name = if case .member(let name) = step { name } else { "" }
      return .list(
        List(
          items.enumerated().map { index, draft in
            var key: String?
            if case .context(let context) = item.base, let member = context.key, case .context(let members) = draft,
              case .value(.string(let text))? = members[member]
            {
              key = text
            }
            return value(
              draft, item, parent: parent, step: .item(list: name, index: index, key: key), absent: absent)
          }))
    default: return absent ?? .null
    }
  }

  // MARK: Cutting back

  /// The record with as little in it as still satisfies a condition.
  func cutBack(_ condition: (GeneratedRecord) -> Bool) -> GeneratedRecord {
    var best = self
    var again = true
    while again {
      again = false
      for smaller in Self.cuts(best.root) {
        var candidate = best
        candidate.root = smaller
        guard condition(candidate) else { continue }
        best = candidate
        again = true
        break
      }
    }
    return best
  }

  /// The tree with one part less, each in turn, larger parts first.
  private static func cuts(_ draft: Draft) -> [Draft] {
    switch draft {
    case .value, .unreadable: return []
    case .context(let members):
      var without: [Draft] = []
      var within: [Draft] = []
      for (index, member) in members.enumerated() {
        guard let member else { continue }
        var fewer = members
        fewer[index] = nil
        without.append(.context(fewer))
        for smaller in cuts(member) {
          fewer[index] = smaller
          within.append(.context(fewer))
        }
      }
      return without + within
    case .list(let items):
      var without: [Draft] = []
      var within: [Draft] = []
      for index in items.indices {
        var fewer = items
        fewer.remove(at: index)
        without.append(.list(fewer))
        for smaller in cuts(items[index]) {
          fewer = items
          fewer[index] = smaller
          within.append(.list(fewer))
        }
      }
      return without + within
    }
  }
}

/// What values are drawn from: a few that meet often, and those on the edges of what columns hold.
enum Pools {
  static let numbers = ["0", "1", "2", "3", "5", "-1", "0.5", "2.25", "10", "37.5", "100", "99.9999"]
  static let oddNumbers = [
    "0.12345", "0.00005", "33.33333", "1e20", "-1e20", "922337203685477.5807", "-922337203685477.5808",
    "922337203685477.5808", "461168601842738.7904", "0.0001", "1e-30", "12345678901234567890123456789012.34",
  ]
  static let dates = [
    "2026-06-30", "2026-06-29", "2026-07-01", "2026-01-31", "2026-02-28", "2024-02-29", "2023-03-30", "2020-12-31",
    "2000-01-01", "2026-05-31",
  ]
  static let oddDates = ["0001-01-01", "9999-12-31", "999999999-12-31", "-999999999-01-01", "1999-12-31", "1900-02-28"]
  static let lengths = ["P0D", "P1D", "P30D", "-P10D", "PT36H", "P365D", "PT1S"]
  static let terms = ["P0M", "P1M", "P1Y", "P3Y", "P18M", "-P6M", "P12M"]
  static let texts = ["", "York", "york", "Łódź", "e\u{301}", "\u{e9}", "domiciliary care", "日本", "A", "🏠"]
}

extension GeneratedRecord: CustomStringConvertible {
  /// What is there; what is left out is absent.
  var description: String { Self.text(root, .context(type)) }

  private static func text(_ draft: Draft, _ type: Type) -> String {
    switch (draft, type.base) {
    case (.value(let value), _): value.literal
    case (.context(let members), .context(let type)):
      "{"
        + zip(type.members, members).compactMap { member, draft in
          draft.map { "\(member.name): \(text($0, member.type))" }
        }.joined(separator: ", ") + "}"
    case (.list(let items), .list(let item)): "[" + items.map { text($0, item) }.joined(separator: ", ") + "]"
    default: "unreadable"
    }
  }
}

extension GeneratedRecord {
  /// The record as a line of JSON.
  ///
  /// - Parameter isTame: whether what columns do not hold is left out, or made something that they do.
  func json(isTame: Bool) -> String {
    guard case .context(var members) = root, let id = type.key else { return "{}" }
    members[id] = .value(.string(key))
    return Self.json(.context(members), .context(type), isTame) ?? "{}"
  }

  private static func json(_ draft: Draft, _ type: Type, _ isTame: Bool) -> String? {
    switch (draft, type.base) {
    case (.value(.null), _): return isTame ? nil : "null"
    case (.value(.boolean(let value)), _): return "\(value)"
    case (.value(.number(let number)), _):
      return isTame && number.scaledInt64(scale: 4).map { $0.magnitude > 1_000_000_000 } ?? true
        ? "7" : number.description
    case (.value(.date(let date)), _): return isTame && !(1_000...9_999 ~= date.year) ? nil : "\"\(date)\""
    case (.value(let value), _): return "\"\(value)\""
    case (.context(let members), .context(let type)):
      let own = zip(type.members, members).compactMap { member, draft in
        draft.flatMap { json($0, member.type, isTame) }.map { "\"\(member.name)\":\($0)" }
      }
      return "{\(own.joined(separator: ","))}"
    case (.list(let items), .list(let item)):
      return
        "[\(items.compactMap { json($0, item, isTame) }.filter { !isTame || $0 != "\"\"" }.joined(separator: ","))]"
    default: return isTame ? nil : "{}"
    }
  }
}
