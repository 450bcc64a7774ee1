import Diagnostics
import Probity

/// A run of tests as one JSON document.
public struct CaseJSONReport: Sendable {
  /// A reporter without settings.
  public init() {}

  /// The report as UTF-8, with a line end.
  public func bytes(of report: CaseReport) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("probity", report.version)
      json.member("kind", "tests")
      json.member("counts") { json in
        json.member("cases", report.results.count)
        for status in CaseResult.Status.allCases { json.member(status.rawValue, report.count(status)) }
      }
      json.member("cases", report.results) { json, result in
        json.object { json in
          json.member("case", result.name)
          json.member("file", result.file)
          json.member("line", report.line(of: result.span))
          json.member("status", result.status.rawValue)
          json.member("knownToFail", result.knownToFail)
          json.member("expectations", result.expectations)
          guard !result.mismatches.isEmpty else { return }
          json.member("mismatches", result.mismatches) { json, mismatch in
            json.object { json in
              json.member("subject", mismatch.subject)
              json.member("line", report.line(of: mismatch.span))
              json.member("expected", mismatch.expected)
              json.member("found", mismatch.found)
              if !mismatch.notes.isEmpty { json.member("notes", mismatch.notes) }
              if let explanation = mismatch.explanation { json.member("why", explanation) }
            }
          }
        }
      }
      if let coverage = report.coverage { write(coverage, of: report, to: &json) }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  private func write(_ coverage: Coverage, of report: CaseReport, to json: inout JSONWriter) {
    json.member("coverage") { json in
      json.member("measures") { json in
        for measure in Coverage.Measure.allCases {
          json.member(measure.rawValue) { write(coverage.count(measure), to: &$0) }
        }
      }
      json.member("belowThreshold", report.missedThresholds) { json, missed in
        json.object { json in
          json.member("measure", missed.measure.rawValue)
          json.member("threshold", missed.threshold)
        }
      }
      json.member("units", coverage.units) { json, unit in
        json.object { json in
          json.member("kind", unit.kind.rawValue)
          json.member("name", unit.name)
          json.member("file", report.sources.name(of: unit.span.file))
          json.member("line", report.line(of: unit.span))
          json.member("cases", unit.cases)
          json.member("items", unit.items) { json, item in
            json.object { json in
              json.member("measure", item.measure.rawValue)
              json.member("text", item.text)
              json.member("side", item.side)
              json.member("line", report.line(of: item.span))
              json.member("covered", item.isCovered)
              if item.isCovered, let isExact = item.isExact { json.member("exact", isExact) }
            }
          }
        }
      }
    }
  }

  private func write(_ count: Coverage.Count, to json: inout JSONWriter) {
    json.member("covered", count.covered)
    json.member("total", count.total)
    json.member("percent", count.percent)
  }
}
