/// Where the time of a run went, in shares, as text for the author of the rules or as JSON.
public struct ProfileReport: Sendable {
  /// A rule's shares of the time that all rules took.
  public struct Rule: Sendable {
    public var name: String
    /// Of deciding; what rules share is divided evenly among them.
    public var deciding: Double
    /// Of deciding, what no other rule uses.
    public var own: Double
    /// Of explaining what is not met.
    public var explaining: Double
    /// For how many records the program left it to the interpreter.
    public var handedOver: Int

    public init(name: String, deciding: Double, own: Double, explaining: Double, handedOver: Int) {
      self.name = name
      self.deciding = deciding
      self.own = own
      self.explaining = explaining
      self.handedOver = handedOver
    }
  }

  /// An expression's share of the time that deciding took, the expressions within it left out.
  public struct Expression: Sendable {
    public var text: String
    /// `rules/insurance.yaml:14:5`; nil for what stands in no file.
    public var place: String?
    public var deciding: Double
    public var rules: [String]

    public init(text: String, place: String?, deciding: Double, rules: [String]) {
      self.text = text
      self.place = place
      self.deciding = deciding
      self.rules = rules
    }
  }

  public var policy: String
  public var records: Int
  public var instructions: Int
  /// Shares of the whole: reading records, deciding rules, explaining what is not met, printing it.
  public var phases: [(name: String, share: Double)]
  /// The costliest first.
  public var rules: [Rule]
  /// The costliest first.
  public var expressions: [Expression]

  public init(
    policy: String, records: Int, instructions: Int, phases: [(name: String, share: Double)], rules: [Rule],
    expressions: [Expression]
  ) {
    self.policy = policy
    self.records = records
    self.instructions = instructions
    self.phases = phases
    self.rules = rules
    self.expressions = expressions
  }

  // MARK: Text

  /// - Parameter most: how many rules and expressions are shown.
  public func text(most: Int) -> [UInt8] {
    var layout = TextLayout(colour: false)
    layout.paragraph("\(count(records, "record")) checked against \(policy): \(count(instructions, "instruction"))")
    layout.blank()
    layout.paragraph("Of the whole time")
    for phase in phases { layout.row([(Self.percent(phase.share), 6, true)], then: .init(phase.name), indent: 2) }
    layout.blank()
    layout.paragraph("Rules")
    layout.row(
      [("decide", 7, true), ("own", 7, true), ("explain", 7, true), ("handed over", 11, true)], then: "rule", indent: 2)
    for rule in rules.prefix(most) {
      layout.row(
        [
          (Self.percent(rule.deciding), 7, true), (Self.percent(rule.own), 7, true),
          (Self.percent(rule.explaining), 7, true), ("\(rule.handedOver)", 11, true),
        ], then: .init(rule.name), indent: 2)
    }
    if rules.count > most { layout.paragraph("and \(rules.count - most) more", indent: 2) }
    layout.blank()
    layout.paragraph("Expressions, without those within them")
    for expression in expressions.prefix(most) {
      let place = expression.place.map { " (\($0))" } ?? ""
      let rules = expression.rules.count == 1 ? expression.rules[0] : count(expression.rules.count, "rule")
      layout.row(
        [(Self.percent(expression.deciding), 6, true)], then: .init("\(expression.text)\(place), \(rules)"), indent: 2)
    }
    if expressions.count > most { layout.paragraph("and \(expressions.count - most) more", indent: 2) }
    return layout.bytes
  }

  private static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }

  // MARK: JSON

  /// One object; shares are numbers from 0 to 1 with four decimals.
  public func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("kind", "profile")
      json.member("policy", policy)
      json.member("records", records)
      json.member("instructions", instructions)
      json.member("phases") { json in
        for phase in phases { json.share(phase.name, phase.share) }
      }
      json.member("rules", rules) { json, rule in
        json.object { json in
          json.member("rule", rule.name)
          json.share("deciding", rule.deciding)
          json.share("own", rule.own)
          json.share("explaining", rule.explaining)
          json.member("handed_over", rule.handedOver)
        }
      }
      json.member("expressions", expressions) { json, expression in
        json.object { json in
          json.member("text", expression.text)
          json.member("place", expression.place)
          json.share("deciding", expression.deciding)
          json.member("rules", expression.rules)
        }
      }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }
}

extension JSONWriter {
  fileprivate mutating func share(_ name: String, _ share: Double) {
    let parts = Int((share * 10_000).rounded())
    let decimals = String(parts % 10_000 + 10_000).dropFirst()
    key(name)
    number("\(parts / 10_000).\(decimals)")
  }
}
