public import FEEL

/// The counts that a policy's verdict table sees.
public enum VerdictCounts {
  /// Each is a context with a count for every severity and ``total``; ``Binding/count(_:)`` gives its position.
  public static let names = ["failed", "not_evidenced", "error", "waived", "passed", "not_applicable"]

  /// `failed.critical` … `failed.total`.
  public static let type = ContextType(
    members: ["critical", "major", "minor", "advisory", "total"].map { .init($0, .restricted(.number, natural)) })

  private static let natural = AllowedValues(lower: .number(.zero), text: ">= 0")

  static let severities: [Severity] = [.critical, .major, .minor, .advisory]

  /// Where subjects are counted that came to an outcome; nil for one over which a waiver lies. The counts of a name stand
  /// together, in the order of ``severities``.
  static func entry(of outcome: Outcome?, _ severity: Severity) -> Int {
    let name =
      switch outcome {
      case .fail: 0
      case .notEvidenced: 1
      case .error: 2
      case nil: 3
      case .pass: 4
      case .notApplicable: 5
      }
    return name * severities.count + (severities.firstIndex(of: severity) ?? 0)
  }

  /// The counts of one record.
  struct Tally: Hashable {
    /// By name, then by severity; the places after them are not used.
    private var counts = SIMD32<Int32>(repeating: 0)

    /// Counts subjects that came to an outcome over which no waiver lies.
    mutating func add(_ outcome: Outcome, _ severity: Severity, _ number: Int = 1) {
      add(number, toEntry: VerdictCounts.entry(of: outcome, severity))
    }

    mutating func add(_ finding: Finding) {
      add(
        1,
        toEntry: VerdictCounts.entry(of: finding.waiver == nil ? finding.outcome : nil, finding.effectiveSeverity))
    }

    mutating func add(_ number: Int, toEntry entry: Int) { counts[entry] += Int32(clamping: number) }

    /// One context for each of ``VerdictCounts/names``.
    var values: [Value] {
      VerdictCounts.names.indices.map { name in
        let numbers = VerdictCounts.severities.indices.map { severity in
          Int(counts[name * VerdictCounts.severities.count + severity])
        }
        let all = numbers + [numbers.reduce(0, +)]
        return .context(Context(Array(zip(type.members.map(\.name), all.map { .number(Number($0)) }))))
      }
    }
  }
}
