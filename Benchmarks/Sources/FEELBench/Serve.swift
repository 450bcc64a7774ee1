/// Measures on request, so that another program can take turns with this one: a line in, a line out.
///
/// `PHASE N MS` measures expression N (from 0) for at least MS milliseconds; the answer is the nanoseconds of one call.
struct Server {
  let workload: Workload

  func run() {
    while let line = readLine() {
      print(answer(to: line.split(separator: " ")) ?? "error: say `PHASE N MS`")
      flushOutput()
    }
  }

  private func answer(to words: [Substring]) -> String? {
    guard words.count == 3, let index = Int(words[1]), workload.items.indices.contains(index),
      let milliseconds = Int(words[2])
    else { return nil }
    let item = workload.items[index]
    let time = Duration.milliseconds(milliseconds)
    guard let phase = Workload.Phase(rawValue: String(words[0])) else { return nil }
    return "\(Measurement.nanoseconds(for: time) { workload.run(phase, of: item) })"
  }
}
