import ProbityCommands

ProbityCommand.runProcess()
