import Foundation

/// `feel-bench report EXPRESSIONS THRESHOLDS`, `feel-bench serve EXPRESSIONS` or, for a profiler to look on,
/// `feel-bench repeat EXPRESSIONS PHASE TIMES`.
@main struct FEELBench {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      switch (arguments.first, arguments.count) {
      case ("report", 3): try report(try Workload(path: arguments[1]), thresholds: arguments[2])
      case ("serve", 2): Server(workload: try Workload(path: arguments[1])).run()
      case ("repeat", 4):
        let workload = try Workload(path: arguments[1])
        guard let phase = Workload.Phase(rawValue: arguments[2]), let times = Int(arguments[3]), times > 0 else {
          fallthrough
        }
        for item in workload.items { for _ in 0..<times { workload.run(phase, of: item) } }
      default:
        complain(
          "usage: feel-bench report EXPRESSIONS THRESHOLDS | feel-bench serve EXPRESSIONS"
            + " | feel-bench repeat EXPRESSIONS PHASE TIMES")
        exit(2)
      }
    } catch {
      complain("feel-bench: \(error)")
      exit(1)
    }
  }

  private static func report(_ workload: Workload, thresholds path: String) throws {
    let report = Report(workload: workload)
    let counts = report.expressions()
    let superlinear = try report.linearity()
    if ProcessInfo.processInfo.environment["PROBITY_RECORD"] == "1" {
      try Thresholds(allocations: counts).write(to: path)
      complain("feel-bench: thresholds recorded; a run that records proves nothing")
      exit(1)
    }
    let exceeded = try Thresholds(path: path).exceeded(by: counts)
    for line in exceeded + superlinear { complain("feel-bench: \(line)") }
    if !exceeded.isEmpty || !superlinear.isEmpty { exit(1) }
  }

  private static func complain(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}

/// Hands on what was printed to whoever waits for it.
func flushOutput() { fflush(nil) }
