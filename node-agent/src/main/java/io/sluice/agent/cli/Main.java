package io.sluice.agent.cli;

import io.sluice.agent.demo.DemoCommand;
import io.sluice.agent.doctor.DoctorCommand;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code sluice}: reads the arguments and hands over to a subcommand. */
@Command(
    name = "sluice",
    description = "A service mesh without sidecars: one agent a node.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      RehearseCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Each command explains itself: sluice COMMAND --help"})
public final class Main implements Callable<Integer> {

  /** Wide enough that no name of a label is broken in two. */
  private static final int HELP_COLUMNS = 100;

  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
    PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
    System.exit(execute(out, err, args));
  }

  /**
   * Runs one command line.
   *
   * @param out for results
   * @param err for everything else
   * @return the exit status: 0 done, 1 could not, 2 the command line is wrong
   */
  public static int execute(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(new Main());
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(HELP_COLUMNS);
    line.setParameterExceptionHandler(Complaint::ofArguments);
    line.setExecutionExceptionHandler(Complaint::ofExecution);
    return line.execute(args);
  }

  @Override
  public Integer call() {
    String commands =
        spec.subcommands().values().stream()
            .map(CommandLine::getCommandSpec)
            .filter(each -> !each.usageMessage().hidden())
            .map(CommandSpec::name)
            .collect(Collectors.joining(", "));
    throw new ParameterException(
        spec.commandLine(), "no command (expected: one of " + commands + ")");
  }
}
