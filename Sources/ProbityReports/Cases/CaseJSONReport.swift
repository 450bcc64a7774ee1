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
              if let explanation = mismatch.explanation { json.member("why", ExplanationText(explanation).plain) }
            }
          }
        }
      }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }
}
