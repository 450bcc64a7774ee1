public import FEEL

/// The counts that a policy's verdict table sees.
public enum VerdictCounts {
  /// Each is a context with a count for every severity and ``total``; ``Binding/count(_:)`` gives its position.
  public static let names = ["failed", "not_evidenced", "error", "waived", "passed", "not_applicable"]

  /// `failed.critical` … `failed.total`.
  public static let type = ContextType(
    members: ["critical", "major", "minor", "advisory", "total"].map { .init($0, .restricted(.number, natural)) })

  private static let natural = AllowedValues(lower: .number(.zero), text: ">= 0")

  /// The counts of one record.
  struct Tally: Hashable {
    /// By name, then by severity; empty until something is counted.
    private var counts: [Int32] = []

    private static let severities: [Severity] = [.critical, .major, .minor, .advisory]

    /// Counts subjects that came to an outcome over which no waiver lies.
    mutating func add(_ outcome: Outcome, _ severity: Severity, _ number: Int = 1) {
      let name =
        switch outcome {
        case .fail: 0
        case .notEvidenced: 1
        case .error: 2
        case .pass: 4
        case .notApplicable: 5
        }
      add(number, to: name, severity)
    }

    mutating func add(_ finding: Finding) {
      if finding.waiver == nil {
        add(finding.outcome, finding.effectiveSeverity)
      } else {
        add(1, to: 3, finding.effectiveSeverity)
      }
    }

    private mutating func add(_ number: Int, to name: Int, _ severity: Severity) {
      let place = Self.severities.firstIndex(of: severity) ?? 0
      if counts.isEmpty { counts = .init(repeating: 0, count: VerdictCounts.names.count * Self.severities.count) }
      counts[name * Self.severities.count + place] += Int32(clamping: number)
    }

    /// One context for each of ``VerdictCounts/names``.
    var values: [Value] {
      VerdictCounts.names.indices.map { name in
        let numbers = Self.severities.indices.map { severity in
          counts.isEmpty ? 0 : Int(counts[name * Self.severities.count + severity])
        }
        let all = numbers + [numbers.reduce(0, +)]
        return .context(Context(Array(zip(type.members.map(\.name), all.map { .number(Number($0)) }))))
      }
    }
  }
}
