public import Probity

/// Findings unfolded for a person: what a rule came to, and each step of how.
public struct FindingText: Sendable {
  private let colour: Bool

  /// - Parameter colour: whether to use ANSI colours.
  public init(colour: Bool = false) { self.colour = colour }

  /// - Parameter unfolded: each finding with its explanation; nil where it has none.
  public func bytes(of unfolded: [(finding: Finding, explanation: Explanation?)], on record: Record) -> [UInt8] {
    var layout = TextLayout(colour: colour)
    for (index, entry) in unfolded.enumerated() {
      if index > 0 { layout.blank() }
      let finding = entry.finding
      let style: TextLayout.Style =
        switch finding.outcome {
        case .pass: .green
        case .fail, .error: .red
        case .notEvidenced: .yellow
        case .notApplicable: .faint
        }
      layout.paragraph(
        .init(finding.title, .bold), " (\(finding.address)): ", .init(finding.outcome.rawValue, style), hanging: 2)
      let subject = [record.name, record.key, finding.subject.item].compactMap(\.self).joined(separator: ", ")
      layout.paragraph("of \(subject)", indent: 2)
      for message in finding.messages { layout.paragraph(.init(message), indent: 2) }
      if let reason = finding.reason { layout.paragraph("because \(reason)", indent: 2) }
      for fact in finding.missing { layout.paragraph("missing: \(fact.label) (\(fact.path))", indent: 2) }
      if let waiver = finding.waiver {
        layout.paragraph("waived until \(waiver.until): \(waiver.reason)", indent: 2)
      }
      if let explanation = entry.explanation { ExplanationText(explanation).write(to: &layout, indent: 4) }
    }
    return layout.bytes
  }
}
