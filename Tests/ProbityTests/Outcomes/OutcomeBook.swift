import Diagnostics
import FEEL
import Probity
import Testing

/// Invented things with facts of every kind, rules about them in YAML, and records of them.
struct OutcomeBook {
  private static let vocabulary = """
    probity: 1
    types:
      - type: thing
        record: true
        key: id
        facts:
          - {fact: id, type: text}
          - {fact: w, type: boolean, label: Whether it applies}
          - {fact: r, type: boolean}
          - {fact: s, type: boolean}
          - {fact: n, type: number, allowed: "[0..2]"}
          - {fact: m, type: number, allowed: "[0..2]"}
          - {fact: zero, type: number}
          - {fact: secret, type: text, sensitive: true, label: The secret}
          - {fact: part, type: part}
          - {fact: items, type: list<item>}
      - type: part
        facts:
          - {fact: size, type: number, unit: mm}
          - {fact: made, type: date}
      - type: item
        key: ref
        facts:
          - {fact: ref, type: text}
          - {fact: x, type: number, allowed: "[0..2]"}
          - {fact: ok, type: boolean}
          - {fact: pieces, type: list<piece>}
      - type: piece
        facts:
          - {fact: y, type: number, allowed: "[0..2]"}

    """

  let loaded: Loaded

  /// - Parameters:
  ///   - rules: the sections of a file of rules.
  ///   - policy: what a policy that asks them all says besides.
  init(rules: String, policy: String = "", sourceLocation: SourceLocation = #_sourceLocation) {
    var loader = Loader()
    func file(_ path: String, _ text: String) -> SourceFile {
      SourceFile(path: path, address: String(path.dropLast(5)), bytes: Array(text.utf8))
    }
    loader.addRules(file("vocabulary.yaml", Self.vocabulary))
    loader.addRules(file("things.yaml", "probity: 1\n" + rules + "\n"))
    loader.addPolicy(
      file("all.yaml", "probity: 1\npolicy: all\ntitle: All of it\nsource: Invented\nrules: [\"*\"]\n" + policy + "\n"))
    loaded = loader.load()
    let errors = loaded.diagnostics.all.filter { $0.severity == .error }.map(\.message)
    #expect(errors == [], sourceLocation: sourceLocation)
  }

  /// A rule of its own with each `when` and `require`, named `rule-0`, `rule-1` …
  static func rules(_ conditions: [(when: String?, require: [String])], each: String? = nil) -> String {
    conditions.enumerated().map { index, condition in
      let head = """
          - rule: rule-\(index)
            title: Rule \(index)
            severity: major
            source: Invented
        """
      let when = condition.when.map { "    when: '\($0)'\n" } ?? ""
      let each = each.map { "    each: \($0)\n" } ?? ""
      return head + "\n" + each + when + "    require:\n"
        + condition.require.map { "      - '\($0)'\n" }.joined()
    }.reduce("rules:\n", +)
  }

  func type(_ name: String) -> ContextType { loaded.book.vocabulary[name]?.context ?? ContextType(members: []) }

  /// A thing of which these facts were supplied.
  func thing(
    _ id: String = "T-1", _ supplied: [String: Value] = [:], items: [[String: Value]]? = nil,
    part: [String: Value]? = nil, absences: [String: Absence] = [:]
  ) -> Record {
    let type = type("thing")
    let root = node(type, nil, .record(key: id), absences)
    var values = supplied
    values["id"] = .string(id)
    if let part {
      let type = self.type("part")
      values["part"] = .context(
        Context(facts: node(type, root, .member("part"), [:]), values: type.members.map { part[$0.name] }))
    }
    if let items {
      values["items"] = .list(List(items.enumerated().map { .context(item($1, at: $0, of: root)) }))
    }
    return Record(key: id, facts: Context(facts: root, values: type.members.map { values[$0.name] }))
  }

  private func item(_ supplied: [String: Value], at index: Int, of root: FactNode) -> Context {
    let type = type("item")
    let ref = "I-\(index + 1)"
    let node = node(type, root, .item(list: "items", index: index, key: ref), [:])
    var values = supplied
    values["ref"] = .string(ref)
    if case .list(let pieces)? = supplied["pieces"] {
      values["pieces"] = .list(
        List(
          pieces.items.enumerated().map { index, piece in
            .context(
              Context(
                facts: self.node(self.type("piece"), node, .item(list: "pieces", index: index, key: nil), [:]),
                values: [piece.isNull ? nil : piece]))
          }))
    }
    return Context(facts: node, values: type.members.map { values[$0.name] })
  }

  /// A nested fact of a thing that has nothing else.
  func part(of id: String = "T-1", _ supplied: [String: Value]) -> Record {
    let root = node(type("thing"), nil, .record(key: id), [:])
    let type = type("part")
    let part = Context(facts: node(type, root, .member("part"), [:]), values: type.members.map { supplied[$0.name] })
    let values = root.type.members.map { member -> Value? in
      switch member.name {
      case "id": .string(id)
      case "part": .context(part)
      default: nil
      }
    }
    return Record(key: id, facts: Context(facts: root, values: values))
  }

  private func node(
    _ type: ContextType, _ parent: FactNode?, _ step: FactNode.Step, _ absences: [String: Absence]
  ) -> FactNode {
    let reasons = Dictionary(
      uniqueKeysWithValues: absences.compactMap { name, reason in type.index(of: name).map { ($0, reason) } })
    return FactNode(parent: parent, step: step, type: type, absences: reasons)
  }

  /// The policy at work on 2026-06-30.
  ///
  /// - Parameter enforcement: how all its rules are enforced.
  func checking(
    waivers: [Waiver] = [], showsSensitive: Bool = false, enforcement: Enforcement = .waivable
  ) -> Checking? {
    guard var policy = loaded.policy(named: "all") else {
      Issue.record("the policy could not be loaded")
      return nil
    }
    for index in policy.entries.indices { policy.entries[index].enforcements = [(nil, enforcement)] }
    return Checking(
      policy: policy, book: loaded.book, asOf: CivilDate(year: 2026, month: 6, day: 30)!, waivers: waivers,
      showsSensitive: showsSensitive)
  }

  /// What checking one record finds.
  func report(on record: Record, waivers: [Waiver] = [], showsSensitive: Bool = false) -> RecordReport {
    checking(waivers: waivers, showsSensitive: showsSensitive)?.check([record]).first
      ?? RecordReport(key: record.key, name: nil, place: nil, scope: .inScope, findings: [], verdict: nil)
  }
}
