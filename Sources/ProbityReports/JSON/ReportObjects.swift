import Diagnostics
import FEEL
import Probity

// The objects of `Docs/Reports.md`: keys in its order, and no key where there is nothing to say.
extension JSONWriter {
  mutating func entry(_ report: RecordReport) {
    object { json in
      json.member("kind", "record")
      json.member("key", report.key)
      json.member("name", report.name)
      json.place(report.place)
      json.member("scope") { $0.scope(report.scope) }
      if let verdict = report.verdict { json.member("verdict") { $0.verdict(verdict) } }
      json.member("findings", report.findings) { $0.finding($1) }
      json.settled("passed", report, \.passed)
      json.settled("not_applicable", report, \.notApplicable)
      json.member("problems", report.problems) { json, problem in json.object { $0.problem(problem) } }
    }
  }

  /// How often each rule came to an outcome that is counted rather than listed.
  private mutating func settled(_ name: String, _ report: RecordReport, _ count: KeyPath<SettledRule, Int>) {
    guard report.settled.contains(where: { $0[keyPath: count] > 0 }) else { return }
    member(name) { json in
      for rule in report.settled where rule[keyPath: count] > 0 {
        json.member(report.ruleNames[rule.rule], rule[keyPath: count])
      }
    }
  }

  mutating func entry(_ problem: RecordProblem) {
    object { json in
      json.member("kind", "problem")
      json.problem(problem)
    }
  }

  mutating func problem(_ problem: RecordProblem) {
    member("code", problem.code.name)
    member("severity", problem.severity.rawValue)
    member("message", problem.message)
    member("record", problem.record)
    member("source", problem.source)
    place(problem.place)
    if !problem.help.isEmpty { member("help", problem.help) }
  }

  mutating func scope(_ scope: ScopeOutcome) {
    switch scope {
    case .inScope: member("outcome", "in scope")
    case .outOfScope: member("outcome", "out of scope")
    case .notEvidenced(let missing):
      member("outcome", Outcome.notEvidenced.rawValue)
      member("missing", missing) { $0.missing($1) }
    case .error(let reason):
      member("outcome", Outcome.error.rawValue)
      member("reason", reason)
    }
  }

  mutating func verdict(_ verdict: Verdict) {
    member("text", verdict.text)
    if !verdict.details.isEmpty {
      member("details") { json in
        for (name, value) in verdict.details {
          json.key(name)
          json.value(value)
        }
      }
    }
    member("reason", verdict.reason)
  }

  mutating func finding(_ finding: Finding) {
    object { json in
      json.member("rule", finding.rule)
      json.member("address", finding.address)
      json.member("title", finding.title)
      json.member("outcome", finding.outcome.rawValue)
      json.member("severity", finding.severity.rawValue)
      json.member("enforcement", finding.enforcement.rawValue)
      json.member("open", finding.isOpen)
      json.member("item", finding.subject.item)
      json.member("item_key", finding.subject.itemKey)
      if !finding.messages.isEmpty { json.member("messages", finding.messages) }
      if !finding.remedies.isEmpty { json.member("remedies", finding.remedies) }
      json.member("reason", finding.reason)
      if !finding.missing.isEmpty { json.member("missing", finding.missing) { $0.missing($1) } }
      if !finding.evidence.isEmpty { json.member("evidence", finding.evidence) { $0.evidence($1) } }
      if !finding.lists.isEmpty { json.member("lists", finding.lists) { $0.list($1) } }
      if let waiver = finding.waiver { json.member("waiver") { $0.waiver(waiver) } }
      json.member("source", finding.source)
      if let clause = finding.clause { json.member("clause") { $0.clause(clause) } }
    }
  }

  private mutating func missing(_ fact: MissingFact) {
    object { json in
      json.member("path", fact.path)
      json.member("label", fact.label)
      switch fact.absence {
      case .absent: json.member("absence", "absent")
      case .unreadable(let reason):
        json.member("absence", "unreadable")
        json.member("reason", reason)
      case .redacted: json.member("absence", "redacted")
      case .conflicting(let values):
        json.member("absence", "conflicting")
        json.member("reason", values)
      }
      json.place(fact.place)
    }
  }

  private mutating func evidence(_ fact: Evidence) {
    object { json in
      json.member("path", fact.path)
      json.member("label", fact.label)
      if let value = fact.value {
        json.key("value")
        json.value(value)
      } else {
        json.member("withheld", true)
      }
      json.member("unit", fact.unit)
      json.place(fact.place)
    }
  }

  private mutating func list(_ list: ListEvidence) {
    object { json in
      json.member("text", list.text)
      guard let counts = list.counts else {
        json.member("withheld", true)
        return
      }
      json.member("items", counts.items)
      json.member("selected", counts.selected)
      if counts.perhaps > 0 { json.member("perhaps", counts.perhaps) }
      if counts.omitted > 0 { json.member("omitted", counts.omitted) }
    }
  }

  /// A number as FEEL writes it, digit by digit; what JSON has no form for as the text FEEL gives it.
  mutating func value(_ value: Value) {
    switch value {
    case .null: null()
    case .boolean(let value): boolean(value)
    case .number(let number): self.number(number.description)
    case .list(let list): array(list.items) { $0.value($1) }
    case .context(let context):
      object { json in
        for (index, name) in context.names.enumerated() {
          json.key(name)
          json.value(context[index])
        }
      }
    default: string(value.description)
    }
  }

  private mutating func waiver(_ waiver: Waiver) {
    member("rule", waiver.rule)
    member("record", waiver.record)
    member("item", waiver.item)
    member("reason", waiver.reason)
    member("approved", waiver.approved)
    member("since", waiver.since.description)
    member("until", waiver.until.description)
  }

  mutating func clause(_ clause: Clause) {
    member("document", clause.document)
    member("ref", clause.ref)
    member("text", clause.text)
    member("page", clause.page)
  }

  mutating func place(_ place: Place?) {
    guard let place else { return }
    member("place") { json in
      json.member("file", place.file)
      json.member("sheet", place.sheet)
      json.member("line", place.line)
      json.member("row", place.row)
      json.member("column", place.column)
      json.member("path", place.path)
    }
  }

  mutating func run(_ run: RunDescription) {
    object { json in
      json.member("kind", "run")
      json.member("version", run.version)
      json.member("policy", run.policy)
      json.member("title", run.policyTitle)
      json.member("source", run.source)
      json.member("extends", run.extends)
      json.member("stage", run.stage?.rawValue)
      json.member("as_of", run.asOf.description)
      json.member("relaxations", run.relaxations) { json, relaxation in
        json.object { json in
          json.member("target", relaxation.target)
          json.member("reason", relaxation.reason)
          json.member("approved", relaxation.approved)
          json.member("until", relaxation.until.description)
        }
      }
    }
  }

  mutating func summary(_ summary: Summary) {
    object { json in
      json.member("kind", "summary")
      json.member("policy", summary.policy)
      json.member("title", summary.policyTitle)
      json.member("as_of", summary.asOf.description)
      json.member("records") { json in
        json.member("read", summary.read)
        json.member("checked", summary.checked)
        json.member("out_of_scope", summary.outOfScope)
        json.member("unreadable", summary.unreadable)
      }
      json.member("worst", summary.worst?.rawValue)
      json.member("open") { json in
        for severity in Severity.allCases.reversed() {
          json.member(severity.rawValue) {
            $0.counts(summary.open[severity] ?? [:], of: [.fail, .notEvidenced, .error])
          }
        }
      }
      json.member("waived", summary.waived)
      json.member("verdicts", summary.verdicts) { json, verdict in
        json.object { json in
          json.member("text", verdict.text)
          json.member("count", verdict.count)
        }
      }
      json.member("rules", summary.rules) { json, rule in
        json.object { json in
          json.member("rule", rule.rule)
          json.member("title", rule.title)
          json.counts(rule.counts, of: Outcome.allCases)
          json.member("waived", rule.waived)
        }
      }
      json.member("not_asked", summary.notAsked) { json, rule in
        json.object { json in
          json.member("rule", rule.rule)
          json.member("reason", rule.reason)
        }
      }
      json.member("problems", summary.problems) { json, problem in
        json.object { json in
          json.member("code", problem.code.name)
          json.member("count", problem.count)
          json.member("example") { $0.problem(problem.example) }
        }
      }
      if !summary.sources.isEmpty { json.member("sources", summary.sources) { $0.account($1) } }
      json.member("idle_waivers", summary.idleWaivers) { json, idle in
        json.object { json in
          json.waiver(idle.waiver)
          json.member("idle", idle.reason)
        }
      }
    }
  }

  mutating func account(_ source: SourceAccount) {
    object { json in
      json.member("source", source.name)
      json.member("files", source.files)
      json.member("read", source.read)
      json.member("used", source.used)
      json.member("blank", source.blank)
      json.member("filtered_out", source.filteredOut)
      json.member("unreadable_rows", source.unreadableRows)
      json.member("ragged_rows", source.raggedRows)
      json.member("unreadable_cells", source.unreadableCells)
      json.member("duplicate_keys", source.duplicateKeys)
      json.member("joined_to_nothing", source.joinedToNothing)
      json.member("unmatched", source.unmatched)
      json.member("conflicts", source.conflicts)
      json.member("conflicts_settled", source.settledConflicts)
      json.member("clean", source.isClean)
    }
  }

  /// Members named as outcomes are in a policy's verdict table.
  private mutating func counts(_ counts: OutcomeCounts, of outcomes: [Outcome]) {
    for outcome in outcomes {
      member(outcome.rawValue.split(separator: " ").joined(separator: "_"), counts[outcome])
    }
  }
}
