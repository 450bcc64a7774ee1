import Synchronization

/// Machines that are not at work, so that each thread finds one with memory at hand.
final class MachinePool: Sendable {
  private let program: Program
  private let idle = Mutex<[Machine]>([])

  init(_ program: Program) { self.program = program }

  /// Runs the program over a batch.
  func run(_ batch: Batch) -> ProgramOutcomes {
    let machine = idle.withLock { $0.popLast() } ?? Machine(program)
    defer { idle.withLock { $0.append(machine) } }
    return machine.run(batch)
  }
}
