import FEEL
import Foundation
import TestSupport
import Testing

/// Every operator over facts that may be missing, held against all that the missing facts may be.
@Suite struct CompletionTests {
  /// `PROBITY_THOROUGH=1` tries every expression, which takes a minute rather than seconds.
  private static let isThorough = ProcessInfo.processInfo.environment["PROBITY_THOROUGH"] == "1"
  /// Up to this many worlds every expression is tried; of those with more, fewer in proportion, at regular steps.
  private static let fullyTried = isThorough ? Int.max : 36
  /// Beyond this many worlds, expressions are left to those with fewer facts.
  private static let largestSpace = isThorough ? 1500 : 400

  @Test(arguments: Shapes.groups)
  func everyCompletion(_ group: Shapes.Group) {
    var spaces: [Set<Cell>: WorldSpace] = [:]
    var examined = 0
    var decided = 0
    var correlated = 0
    var undecided: [String] = []
    for (index, shape) in group.shapes.enumerated() {
      let cells = Shapes.cells(of: shape)
      let size = WorldSpace.size(of: cells)
      guard size <= Self.largestSpace, index.isMultiple(of: max(size / Self.fullyTried, 1)) else { continue }
      let space = spaces[cells] ?? WorldSpace(cells)
      spaces[cells] = space
      // What the checker refuses is never evaluated.
      guard let examination = Examination(shape, over: space) else { continue }
      examined += 1
      decided += examination.decided
      if let fault = examination.faults.first {
        Issue.record("\(shape)\n\(fault) (and \(examination.faults.count - 1) more)")
      }
      guard let example = examination.undecided.first else { continue }
      guard let family = Family.of(shape) else {
        Issue.record("\(shape)\nalways \(example), which the evaluator does not see")
        continue
      }
      if family == .sameFact {
        correlated += 1
      } else {
        undecided.append("\(family.rawValue): \(shape) is always \(example)")
      }
    }
    if Self.isThorough { return }
    let summary = [
      "\(group.name): \(examined) expressions, decided in \(decided) worlds with facts missing",
      "\(Family.sameFact.rawValue): \(correlated) expressions",
    ]
    expectGolden((summary + undecided.sorted()).joined(separator: "\n") + "\n", named: "undecided-\(group.name).txt")
  }
}
