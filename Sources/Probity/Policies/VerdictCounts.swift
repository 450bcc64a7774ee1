public import FEEL

/// The counts that a policy's verdict table sees.
public enum VerdictCounts {
  /// Each is a context with a count for every severity and ``total``; ``Binding/count(_:)`` gives its position.
  public static let names = ["failed", "not_evidenced", "error", "waived", "passed", "not_applicable"]

  /// `failed.critical` … `failed.total`.
  public static let type = ContextType(
    members: ["critical", "major", "minor", "advisory", "total"].map { .init($0, .restricted(.number, natural)) })

  private static let natural = AllowedValues(lower: .number(.zero), text: ">= 0")

  /// One context for each of ``names``.
  static func values(of findings: [Finding]) -> [Value] {
    var counts = [[Severity: Int]](repeating: [:], count: names.count)
    for finding in findings {
      let index: Int =
        if finding.waiver != nil {
          3
        } else {
          switch finding.outcome {
          case .fail: 0
          case .notEvidenced: 1
          case .error: 2
          case .pass: 4
          case .notApplicable: 5
          }
        }
      counts[index][finding.effectiveSeverity, default: 0] += 1
    }
    return counts.map { count in
      let severities: [Severity] = [.critical, .major, .minor, .advisory]
      let numbers = severities.map { count[$0] ?? 0 }
      let all = numbers + [numbers.reduce(0, +)]
      return .context(Context(Array(zip(type.members.map(\.name), all.map { .number(Number($0)) }))))
    }
  }
}
