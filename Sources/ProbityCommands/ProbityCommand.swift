public import ArgumentParser

/// The command line.
public struct ProbityCommand: ParsableCommand {
  static let version = "0.1.0"

  public static let configuration = CommandConfiguration(
    commandName: "probity",
    abstract: "Checks whether care providers meet what a contract, an accreditation or a tender asks of them.",
    discussion: """
      Rules are YAML files whose conditions are FEEL, the expression language of the DMN standard. A policy says which \
      rules apply to whom and how their findings become a verdict.

      EXAMPLES

        probity check --policy core --as-of 2026-06-30 Examples/providers.yaml
        probity request --policy core --as-of 2026-06-30 Examples/providers.yaml
        probity lint
        probity test
        probity explain dbs-level
        probity doc --output rule-book
        probity eval 'date("2026-06-30") + duration("P3M")'

      Each command explains itself: probity help check.
      """,
    version: version,
    subcommands: [
      CheckCommand.self, RequestCommand.self, TemplateCommand.self, LintCommand.self, TestCommand.self,
      ExplainCommand.self, DocCommand.self,
      BenchCommand.self,
      EvalCommand.self,
    ])

  /// For the argument parser.
  public init() {}

  /// Runs the process's command line and ends the process.
  public static func runProcess() -> Never {
    let ending = Self.ending(of: Array(CommandLine.arguments.dropFirst()))
    withExtendedLifetime(ending) { ExitStatus.end(ending.status) }
  }

  /// What a command line asks for.
  ///
  /// Where it begins with a command's name, that command parses the rest, without the tree of all commands being built
  /// and gone through. What it cannot take, and whoever asks for help, is left to the whole tree, whose words count.
  private static func command(_ arguments: [String]) throws -> any ParsableCommand {
    if let name = arguments.first,
      let type = configuration.subcommands.first(where: { $0.configuration.commandName == name }),
      let command = try? type.parseAsRoot(Array(arguments.dropFirst())), Swift.type(of: command) == type
    {
      return command
    }
    return try parseAsRoot(arguments)
  }

  /// Runs a command line, and gives the exit status.
  static func run(_ arguments: [String]) -> Int32 { ending(of: arguments).status }

  private static func ending(of arguments: [String]) -> Ending {
    do {
      var command = try command(arguments)
      try command.run()
      return Ending(ExitStatus.clean)
    } catch let ending as Ending {
      return ending
    } catch let complaint as Complaint {
      complaint.show()
      return Ending(complaint.status)
    } catch {
      let isHelp = exitCode(for: error).isSuccess
      let text = fullMessage(for: error) + "\n"
      if isHelp { return Ending(StandardOutput.write(Array(text.utf8)) == nil ? 0 : 2) }
      StandardError.write(text)
      return Ending(ExitStatus.unusable)
    }
  }
}
