package io.sluice.agent.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what was wrong with a command line, or why a command could not do its work. */
final class Complaint {

  private static final int STATUS_FAILED = 1;
  private static final int STATUS_USAGE = 2;

  private Complaint() {}

  static int ofArguments(ParameterException wrong, String[] args) {
    CommandLine line = wrong.getCommandLine();
    String command = line.getCommandSpec().qualifiedName();
    line.getErr()
        .println(command + ": " + oneLine(message(wrong)) + "; see " + command + " --help");
    return STATUS_USAGE;
  }

  static int ofExecution(Exception fault, CommandLine line, ParseResult parsed) throws Exception {
    if (!(fault instanceof CommandFault)) {
      throw fault; // ours to mend: with its stack trace
    }
    line.getErr().println(line.getCommandSpec().qualifiedName() + ": " + fault.getMessage());
    return STATUS_FAILED;
  }

  private static String message(ParameterException wrong) {
    String message = String.valueOf(wrong.getMessage());
    if (!(wrong instanceof UnmatchedArgumentException unmatched)) {
      return message;
    }
    List<String> suggestions = unmatched.getSuggestions();
    return suggestions.isEmpty()
        ? message
        : message + " (did you mean " + String.join(" or ", suggestions) + "?)";
  }

  private static String oneLine(String text) {
    return text.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
  }
}
