import ProbityCommands

await ProbityCommand.runProcess()
