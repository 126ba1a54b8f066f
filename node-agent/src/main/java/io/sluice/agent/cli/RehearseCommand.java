package io.sluice.agent.cli;

import io.sluice.agent.Rehearsal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice rehearse}: what the launcher runs after a build, for the JVM's AOT cache. */
@Command(
    name = "rehearse",
    hidden = true,
    mixinStandardHelpOptions = true,
    description =
        "Runs the agent's parts on loopback for some seconds, without root, pods or kernel"
            + " programs, so that the JVM can learn what to remember.")
public final class RehearseCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "4",
      converter = Seconds.class,
      description = "Of requests, 0..3600 (default: ${DEFAULT-VALUE}).")
  private Duration load;

  @Override
  public Integer call() {
    Logging logging = Logging.toStandardError(LogLevel.WARN);
    // Whatever it finds: what counts is that it has looked.
    Main.execute(silent(), silent(), "doctor");
    try {
      long answered = Rehearsal.run(Version.number(), load);
      spec.commandLine().getOut().println("rehearsed: " + answered + " requests");
      return 0;
    } catch (IOException | RuntimeException e) {
      throw new CommandFault("the rehearsal failed: " + e.getMessage(), e);
    } finally {
      Reference.reachabilityFence(logging);
    }
  }

  private static PrintWriter silent() {
    return new PrintWriter(Writer.nullWriter());
  }
}
