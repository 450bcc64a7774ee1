import Diagnostics
import FEEL
import Probity
import Testing

private func day(_ text: String) -> CivilDate { CivilDate(text)! }

/// Loads files in which nothing is wrong.
private func book(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> Loaded {
  let loaded = AnnotatedFiles(text).load(after: [providerVocabulary])
  #expect(
    TextRenderer().render(loaded.diagnostics, loaded.sources) == "", sourceLocation: sourceLocation)
  return loaded
}

/// What correct files become.
@Suite struct RuleBookTests {
  @Test func vocabularyIsTyped() throws {
    let vocabulary = AnnotatedFiles("").load(after: [providerVocabulary]).book.vocabulary
    #expect(vocabulary.types.map(\.name).sorted() == ["area", "person", "provider", "visit", "worker"])
    #expect(vocabulary.recordTypes.map(\.name) == ["provider"])
    let provider = try #require(vocabulary["provider"])
    #expect(provider.title == "Care provider")
    #expect(provider.key == "id")
    #expect(provider.nameFact == "legal_name")
    #expect(provider.context.key == 0)
    func type(_ path: String...) throws -> Type {
      var type = Type.context(provider.context)
      for name in path {
        let item = type.item ?? type
        guard case .context(let context) = item.base else { throw Missing() }
        type = try #require(context.member(name)).type
      }
      return type
    }
    #expect(try type("services").item?.allowedValues?.listed == [.string("domiciliary care"), .string("day care")])
    #expect(try type("employees").allowedValues?.lower == .number(.zero))
    #expect(try type("employees").allowedValues?.upper == nil)
    #expect(try type("employees").allowedValues?.text == ">= 0")
    #expect(try type("staff", "hours").base == .number)
    #expect(try type("staff", "hours").allowedValues?.upper == .number(Number(168)))
    #expect(try type("visits", "areas", "mark").allowedValues?.lower == .number(.one))
    #expect(try type("manager", "name").base == .string)
    #expect(vocabulary["person"]?.facts.map(\.isSensitive) == [true, false])
    #expect(provider.facts[0].label == "Provider reference")
    #expect(provider.facts[1].label == "legal_name")
  }

  /// What a type says of the evidence is said of those of its facts that say nothing themselves.
  @Test func evidenceIsInherited() throws {
    let text = """
      types:
        - {type: t, help: The schedule, facts: [{fact: a, type: text}, {fact: b, type: text, help: The letter}]}
        - {type: u, facts: [{fact: a, type: text}]}
      """
    let vocabulary = book(text).book.vocabulary
    #expect(vocabulary["t"]?.facts.map(\.help) == ["The schedule", "The letter"])
    #expect(vocabulary["u"]?.facts.map(\.help) == [nil])
  }

  private struct Missing: Error {}

  @Test(
    arguments: [
      (">= 0", "0", nil), ("[1..9]", "1", "9"), ("> 0", "0", nil), ("< 5", nil, "5"), ("1, 3..5", nil, nil),
      ("1, [3..5]", "1", "5"), ("> 2, < 1", nil, nil), ("not(1)", nil, nil), ("? > 3", nil, nil),
      ("[1 + 1..10 ** 2]", "2", "100"),
    ] as [(String, String?, String?)])
  func allowedTestsBoundTheType(_ tests: String, _ lower: String?, _ upper: String?) throws {
    let text = "types:\n  - {type: t, facts: [{fact: f, type: number, allowed: \"\(tests)\"}]}"
    let type = try #require(AnnotatedFiles(text).load().book.vocabulary["t"]?.facts[0])
    let allowed = type.type.allowedValues
    #expect(allowed?.lower == lower.flatMap { Number($0) }.map { .number($0) })
    #expect(allowed?.upper == upper.flatMap { Number($0) }.map { .number($0) })
    #expect(allowed?.listed == nil)
  }

  @Test func allowedTestsMayListValues() throws {
    let text = "types:\n  - {type: t, facts: [{fact: f, type: number, allowed: \"1, 2\"}]}"
    let fact = try #require(AnnotatedFiles(text).load().book.vocabulary["t"]?.facts[0])
    #expect(fact.type.allowedValues?.listed == [.number(Number(1)), .number(Number(2))])
    #expect(fact.tests != nil)
  }

  @Test func parametersAreDated() throws {
    let parameters = book(
      """
      parameters:
        - parameter: limit
          title: Limit
          type: number
          unit: GBP
          values: {2020-01-01: 10, 2000-01-01: 5}
          stricter: higher
          source: S
        - {parameter: days, type: list<date>, values: {2000-01-01: [2026-01-01]}, local: true}
        - {parameter: flag, type: boolean, values: {2000-01-01: true}, local: true}
        - {parameter: term, type: years and months duration, values: {2000-01-01: P3Y}, local: true}
        - {parameter: wait, type: days and time duration, values: {2000-01-01: P60D}, local: true}
        - {parameter: word, type: text, values: {2000-01-01: 12}, local: true}
      rules:
        - rule: a
          title: A
          severity: major
          require: >-
            flag and employees > limit and list contains(days, registered_on) and
            registered_on + term + wait > today() and legal_name = word
          source: S
      """
    ).book.parameters
    let limit = try #require(parameters.first)
    #expect(limit.value(on: day("1999-12-31")) == nil)
    #expect(limit.value(on: day("2000-01-01")) == .number(Number(5)))
    #expect(limit.value(on: day("2026-01-01")) == .number(Number(10)))
    #expect(limit.stricter == .higher)
    #expect(limit.unit == "GBP")
    #expect(!limit.isLocal)
    #expect(parameters.map { $0.values[0].value.literal } == ["5", "[2026-01-01]", "true", "P3Y", "P60D", "\"12\""])
    #expect(parameters[5].isLocal)
  }

  @Test func ruleIsWhole() throws {
    let rule = try #require(
      book(
        """
        === rules/care/staff.yaml
        record: provider
        rules:
          - rule: checked
            title: Workers are checked
            severity: major
            stage: [award, contract]
            each: visit in visits, seen in visit.areas
            let:
              low: seen.mark < 5
            when: visit.kind = "first"
            require:
              - not(low)
              - that: visit.day <= today()
                severity: minor
                message: "{visit.day} is {{later}}"
            message: Area {seen.area} has {seen.mark}
            remedy: Look again
            source: Local choice
            clause: {document: Agreement, ref: "7.3", text: T, page: 12}
            since: 2020-01-01
            until: 2030-12-31
        """
      ).book.rules.first)
    #expect(rule.name == "checked")
    #expect(rule.address == "care/staff/checked")
    #expect(rule.severity == .major)
    #expect(rule.stages == [.award, .contract])
    #expect(rule.recordType == "provider")
    #expect(rule.each.map(\.name) == ["visit", "seen"])
    #expect(rule.each.map(\.list.source.text) == ["visits", "visit.areas"])
    #expect(rule.lets.map(\.name) == ["low"])
    #expect(rule.requirements.map(\.severity) == [.major, .minor])
    #expect(rule.requirements.map(\.hasOwnSeverity) == [false, true])
    #expect(
      rule.requirements.map { parts($0.message) } == [
        ["Area ", "{seen.area}", " has ", "{seen.mark}"], ["{visit.day}", " is {later}"],
      ])
    #expect(rule.requirements.map { parts($0.remedy) } == [["Look again"], ["Look again"]])
    #expect(rule.clause == Clause(document: "Agreement", ref: "7.3", text: "T", page: "12"))
    #expect(rule.isInForce(on: day("2030-12-31")))
    #expect(!rule.isInForce(on: day("2031-01-01")))
  }

  private func parts(_ template: Template?) -> [String] {
    (template?.segments ?? []).map { segment in
      switch segment {
      case .text(let text): text
      case .expression(let expression, let isSensitive): "\(isSensitive ? "!" : ""){\(expression.source.text)}"
      }
    }
  }

  @Test func sensitiveFactsAreFoundInMessages() throws {
    let rules = book(
      """
      decisions:
        - {decision: boss, value: manager.name}
        - {decision: grade, of: worker, value: "if person.in_post then 1 else 2"}
        - {decision: who, of: worker, value: "if person.name = null then \\"nobody\\" else \\"somebody\\""}
      rules:
        - rule: a
          title: A
          severity: major
          each: w in staff
          let:
            shown: string length(w.person.name)
            through: shown + 1
          require: manager.in_post
          message: >-
            {w.ref} {w.person.name} {w.person} {w} {string(w)} {boss} {shown} {through} {w.grade} {w.who} {count(staff)}
            {staff[hours > 1].ref} {staff} {staff.person.in_post} {count(staff[person.name = "x"])} {employees}
          source: S
      """
    ).book.rules
    #expect(
      parts(rules.first?.requirements.first?.message).filter { $0.contains("{") } == [
        "{w.ref}", "!{w.person.name}", "!{w.person}", "!{w}", "!{string(w)}", "!{boss}", "!{shown}", "!{through}",
        "{w.grade}", "!{w.who}", "{count(staff)}", "{staff[hours > 1].ref}", "!{staff}", "{staff.person.in_post}",
        "!{count(staff[person.name = \"x\"])}", "{employees}",
      ])
  }

  @Test func decisionsAreTypedInAnyOrder() throws {
    let decisions = book(
      """
      decisions:
        - {decision: first, value: second + 1}
        - {decision: second, value: if fourth then third else 0}
        - {decision: third, value: "sum(visits.score)"}
        - {decision: fourth, value: grade.mark > 1 and later}
        - decision: score
          of: visit
          value: count(areas[mark > 5 and mark < employees and good])
        - {decision: good, of: area, value: mark > 1}
        - decision: grade
          table:
            hit: first
            inputs: [employees, third]
            outputs:
              mark: number
              label: {type: text, allowed: [Good, Poor], default: Poor}
            rows:
              - ["> 10", "-", third, Good]
              - ["-",  "< 5", 2 * 3, Poor]
        - {decision: later, type: boolean, value: last}
        - {decision: last, value: true}
        - decision: total
          table:
            hit: collect
            aggregate: sum
            inputs: [employees]
            outputs: {x: number}
            rows:
              - ["> 10", 1]
      rules:
        - {rule: a, title: A, severity: major, require: first > total, source: S}
      """
    ).book.decisions
    let types = Dictionary(uniqueKeysWithValues: decisions.map { ($0.name, $0.type.description) })
    #expect(types["first"] == "number")
    #expect(types["second"] == "number")
    #expect(types["third"] == "number")
    #expect(types["fourth"] == "boolean")
    #expect(types["score"] == "number")
    #expect(types["grade"] == "context<mark: number, label: string>")
    #expect(types["total"] == "number")
    #expect(decisions.map(\.isOfRecord) == [true, true, true, true, false, false, true, true, true, true])
    #expect(decisions[4].of == "visit")
    #expect(decisions[0].of == "provider")
    guard case .table(let table) = decisions[6].logic else {
      Issue.record("a table is wanted")
      return
    }
    #expect(table.hitPolicy == .first)
    #expect(table.rows.map(\.outputs.count) == [2, 2])
    #expect(table.outputs[1].allowed == [.string("Good"), .string("Poor")])
    #expect(table.outputs[1].defaultValue == .string("Poor"))
    #expect(table.rows[0].tests[1].matchesAnything)
  }

  /// Chains as long as a file can hold neither overflow the stack nor take long.
  @Test func longChainsLoad() {
    var text = "decisions:\n"
    for index in 0..<3000 { text += "  - {decision: d\(index), value: d\(index + 1) + 1}\n" }
    text += "  - {decision: d3000, value: employees}\nrules:\n"
    text += "  - {rule: a, title: A, severity: major, require: d0 > 1, source: S}\n"
    for index in 0..<500 { text += "=== policies/\(index).yaml\npolicy: p\(index)\ntitle: P\nextends: p\(index + 1)\n" }
    text += "=== policies/500.yaml\npolicy: p500\ntitle: P\nrules: [\"*\"]\n"
    let loaded = book(text)
    #expect(loaded.book.decisions[0].type == .number)
    #expect(loaded.policy(named: "p0")?.lineage.count == 501)
  }
}
