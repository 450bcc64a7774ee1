import Diagnostics
import Probity

/// A run of tests as JUnit XML, which build servers read: a suite for each file, a test for each case.
public struct CaseJUnitReport: Sendable {
  /// A reporter without settings.
  public init() {}

  /// The report as UTF-8.
  public func bytes(of report: CaseReport) -> [UInt8] {
    var xml = XMLWriter()
    xml.element("testsuites", counts(report.results[...]) + [("name", "probity test")]) { xml in
      for (name, results) in report.files {
        xml.element("testsuite", [("name", name)] + counts(results)) { xml in
          for result in results { write(result, in: report, to: &xml) }
        }
      }
    }
    return xml.bytes
  }

  private func counts(_ results: ArraySlice<CaseResult>) -> [(String, String)] {
    [
      ("tests", "\(results.count)"), ("failures", "\(results.count { $0.status.isFailure })"), ("errors", "0"),
      ("skipped", "\(results.count { $0.status == .knownToFail })"),
    ]
  }

  private func write(_ result: CaseResult, in report: CaseReport, to xml: inout XMLWriter) {
    let attributes = [
      ("name", result.name), ("classname", result.file), ("file", result.file),
      ("line", "\(report.line(of: result.span))"),
    ]
    switch result.status {
    case .passed: xml.element("testcase", attributes)
    case .knownToFail:
      xml.element("testcase", attributes) {
        $0.element("skipped", [("message", "known to fail: \(result.knownToFail ?? "")")])
      }
    case .unexpectedlyPassed:
      xml.element("testcase", attributes) {
        $0.element("failure", [("message", "known to fail, and passes: \(result.knownToFail ?? "")")])
      }
    case .failed:
      xml.element("testcase", attributes) { xml in
        for mismatch in result.mismatches {
          xml.element(
            "failure",
            [("message", "\(mismatch.subject): expected \(mismatch.expected), found \(mismatch.found)")],
            text: (["line \(report.line(of: mismatch.span))"] + mismatch.notes
              + (mismatch.explanation.map { ExplanationText($0).plain } ?? [])).joined(separator: "\n"))
        }
      }
    }
  }
}

/// Writes XML with an element a line.
struct XMLWriter {
  private(set) var bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
  private var depth = 0

  mutating func element(
    _ name: String, _ attributes: [(String, String)], text: String? = nil, _ body: ((inout XMLWriter) -> Void)? = nil
  ) {
    indent()
    put("<\(name)")
    for (key, value) in attributes {
      put(" \(key)=\"")
      escape(value, isAttribute: true)
      put("\"")
    }
    if let text {
      put(">")
      escape(text, isAttribute: false)
      put("</\(name)>\n")
    } else if let body {
      put(">\n")
      depth += 1
      body(&self)
      depth -= 1
      indent()
      put("</\(name)>\n")
    } else {
      put("/>\n")
    }
  }

  private mutating func indent() { bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth)) }

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// What XML 1.0 has no way to hold becomes U+FFFD.
  private mutating func escape(_ text: String, isAttribute: Bool) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": put("&amp;")
      case "<": put("&lt;")
      case ">": put("&gt;")
      case "\"": put("&quot;")
      case "\n" where !isAttribute: bytes.append(UInt8(ascii: "\n"))
      case "\n", "\t", "\r": put("&#\(scalar.value);")
      case "\0"..<" ", "\u{FFFE}", "\u{FFFF}": put("\u{FFFD}")
      default: bytes.append(contentsOf: Array(String(scalar).utf8))
      }
    }
  }
}
