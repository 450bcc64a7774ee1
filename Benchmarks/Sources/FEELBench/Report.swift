import Foundation

/// The tables that `feel-bench report` prints.
struct Report {
  private static let rounds = 5
  private static let time = Duration.milliseconds(10)

  let workload: Workload

  /// Times and allocations of each expression; gives the allocations.
  func expressions() -> [String: Thresholds.Counts] {
    print("Parser, checker and interpreter by themselves: nanoseconds and allocations for each expression.")
    print("Times are of this machine, now; they are for comparing lines with one another.\n")
    print(row("expression", "bytes", ["parse", "", "check", "", "evaluate", ""]))
    var totals = [0.0, 0, 0]
    var allocated = [0, 0, 0]
    var counts: [String: Thresholds.Counts] = [:]
    for item in workload.items {
      let bodies = Workload.Phase.parts.map { phase in { workload.run(phase, of: item) } }
      let times = Measurement.medians(rounds: Self.rounds, for: Self.time, bodies)
      let allocations = bodies.map { Measurement.allocations($0) }
      var cells: [String] = []
      for index in 0..<3 {
        totals[index] += times[index]
        allocated[index] += allocations[index] ?? 0
        cells += [fixed(times[index], 0), allocations[index].map(String.init) ?? "-"]
      }
      print(row(item.name, String(item.bytes), cells))
      if let parse = allocations[0], let check = allocations[1], let evaluate = allocations[2] {
        counts[item.name] = Thresholds.Counts(parse: parse, check: check, evaluate: evaluate)
      }
    }
    let count = Double(workload.items.count)
    let bytes = Double(workload.items.reduce(0) { $0 + $1.bytes })
    print()
    for (index, phase) in Workload.Phase.parts.enumerated() {
      print(
        left(phase.rawValue, 10) + right(fixed(count / totals[index] * 1e9, 0), 12) + " expressions/s"
          + right(fixed(bytes / totals[index] * 1e3, 2), 10) + " MB/s"
          + right(fixed(Double(allocated[index]) / count, 1), 10) + " allocations each"
          + right(fixed(totals[index] / totals[2], 2), 10) + " × evaluating")
    }
    return counts
  }

  /// How costs grow with the input; gives what grows faster than the input, each in a line.
  func linearity() throws -> [String] {
    print("\nGrowth: what twice and four times the input cost, as ratios to the cost of once (linear: 2 and 4).")
    print("Steps, allocations and their bytes are held to at most \(Linearity.limit) for twice the input.\n")
    let columns = ["steps", "allocations", "bytes allocated", "time"]
    print(left("", 52) + right("n", 8) + columns.map { right($0, 17) }.joined())
    var exceeded: [String] = []
    for series in Linearity.series {
      let works = try [1, 2, 4].map { try series.work(series.size * $0) }
      let costs = works.map { Measurement.costs($0) }
      let times = Measurement.medians(rounds: Self.rounds, for: Self.time, works.map { work in { _ = work() } })
      var cells: [String: String] = ["time": ratios(times)]
      for (index, (name, once)) in costs[0].enumerated() where once > 0 {
        let counts = costs.map { Double($0[index].count) }
        cells[name] = ratios(counts)
        for (less, more) in [(0, 1), (1, 2)] where counts[more] > Linearity.limit * counts[less] {
          exceeded.append(
            "\(series.name): twice \(series.size << less) takes \(fixed(counts[more] / counts[less], 2)) × the \(name)")
        }
      }
      print(
        left(series.name, 52) + right(String(series.size), 8)
          + columns.map { right(cells[$0] ?? "-", 17) }.joined())
    }
    return exceeded
  }

  private func ratios(_ costs: [Double]) -> String {
    fixed(costs[1] / costs[0], 2) + right(fixed(costs[2] / costs[0], 2), 6)
  }

  private func row(_ name: String, _ bytes: String, _ cells: [String]) -> String {
    left(name, 32) + right(bytes, 6)
      + cells.enumerated().map { right($0.element, $0.offset.isMultiple(of: 2) ? 10 : 6) }.joined()
  }
}

func left(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(width - text.count, 0))
}

func right(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(width - text.count, 0)) + text
}

func fixed(_ value: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", value)
}
