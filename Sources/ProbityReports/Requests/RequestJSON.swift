import Diagnostics
import FEEL
public import Probity

/// Prints what to ask for as JSON Lines; `Docs/Requests.md` describes the objects.
public struct RequestJSON: RequestReporter {
  public init() {}

  public func begin(_ run: RequestRun, into bytes: inout [UInt8]) {
    line(into: &bytes) { json in
      json.member("kind", "run")
      json.member("version", run.version)
      json.member("policies", run.policies) { json, policy in
        json.object { json in
          json.member("policy", policy.name)
          json.member("title", policy.title)
        }
      }
      json.member("as_of", run.asOf.description)
      json.member("settle", run.settlement.rawValue)
    }
  }

  public func record(_ request: RecordRequest, into bytes: inout [UInt8]) {
    line(into: &bytes) { json in
      json.member("kind", "record")
      json.member("key", request.key)
      json.member("name", request.name)
      json.place(request.place)
      json.member("standings", request.standings) { $0.standing($1) }
      json.member("facts", request.facts) { $0.requested($1) }
      json.member("idle", request.idle)
      json.member("problems", request.problems) { json, problem in json.object { $0.problem(problem) } }
    }
  }

  public func problem(_ problem: RecordProblem, into bytes: inout [UInt8]) {
    line(into: &bytes) { json in
      json.member("kind", "problem")
      json.problem(problem)
    }
  }

  public func end(_ summary: RequestSummary, into bytes: inout [UInt8]) {
    line(into: &bytes) { json in
      json.member("kind", "summary")
      json.member("records") { json in
        json.member("read", summary.read)
        json.member("asked", summary.asked)
        json.member("out_of_scope", summary.outOfScope)
        json.member("unreadable", summary.unreadable)
      }
      json.member("facts", summary.facts)
      json.member("idle", summary.idle)
      json.member("asked", summary.counts) { json, count in
        json.object { json in
          json.member("path", count.path)
          json.member("label", count.label)
          json.member("records", count.records)
          json.member("facts", count.facts)
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
    }
  }

  private func line(into bytes: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
    var json = JSONWriter()
    json.object(body)
    json.append(to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
  }
}

extension JSONWriter {
  fileprivate mutating func standing(_ standing: Standing) {
    object { json in
      json.member("policy", standing.policy)
      json.member("scope") { $0.scope(standing.scope) }
      if let verdict = standing.verdict { json.member("verdict") { $0.verdict(verdict) } }
      json.member("not_evidenced", standing.notEvidenced)
      json.member("settled", standing.isSettled)
    }
  }

  fileprivate mutating func requested(_ requested: RequestedFact) {
    let declaration = requested.declaration
    object { json in
      json.member("path", requested.fact.path)
      json.member("label", declaration.label)
      json.member("type", declaration.type.description)
      json.member("unit", declaration.unit)
      if let allowed = (declaration.type.item ?? declaration.type).allowedValues {
        if let listed = allowed.listed {
          json.member("allowed", listed.map(\.description))
        } else {
          json.member("allowed", allowed.text)
        }
      }
      json.member("help", declaration.help)
      if !requested.columns.isEmpty {
        json.member("items", requested.columns) { json, column in
          json.object { json in
            json.member("path", column.path)
            json.member("label", column.label)
          }
        }
      }
      json.member("item", requested.fact.item?.path)
      json.member("item_key", requested.fact.item?.key)
      json.member("absence", requested.fact.absence.word)
      json.member("reason", requested.fact.absence.reason)
      json.place(requested.fact.place)
      json.member("severity", requested.severity.rawValue)
      json.member("decisive", requested.isDecisive)
      if !requested.after.isEmpty { json.member("after", requested.after.map(\.path)) }
      json.member("needs", requested.needs) { json, need in
        json.object { json in
          json.member("policy", need.policy)
          json.member("rule", need.rule)
          json.member("title", need.title)
          json.member("severity", need.severity.rawValue)
          json.member("item", need.item)
        }
      }
    }
  }
}
