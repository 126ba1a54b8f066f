package io.sluice.agent.demo;

import io.sluice.agent.cli.CommandFault;
import io.sluice.agent.cli.HostPort;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a small shop in network namespaces of this machine, starts the agent beside it, and"
          + " shows what one rule does about a slow dependency. Needs root.",
      "All of it is removed at the end; after kill -9, by the next start."
    },
    footer = {"", "Exit status: 0 all of the story was seen, 1 something was not, 130 Ctrl-C."})
public final class DemoCommand implements Callable<Integer> {
  /** How long an interrupted story may take to stop before its things are cleared away. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  @Option(names = "--once", description = "End by itself after the story.")
  private boolean once;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      converter = HostPort.class,
      description = "Admin address of the agent (default: 127.0.0.1:15000, or a free port).")
  private Optional<InetSocketAddress> admin = Optional.empty();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Narrator narrator = new Narrator(out, terminalCharset());
    narrator.step(
        "Sluice demo: a slow dependency, and the rule that stops it from slowing the shop");
    long start = System.nanoTime();
    boolean seen = play(narrator);
    narrator.step(
        (seen
                ? "All of it was seen, in "
                : "NOT all of it was seen (what is missing says what was expected), in ")
            + Verdicts.seconds((System.nanoTime() - start) / 1_000_000)
            + "; everything is removed again.");
    return seen ? 0 : 1;
  }

  private boolean play(Narrator narrator) {
    Cleanup cleanup = new Cleanup();
    CountDownLatch told = new CountDownLatch(1);
    Thread teller = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> stop(narrator, teller, told, cleanup), "sluice-demo-stop"));
    try {
      InetSocketAddress address = admin.orElseGet(AdminAddress::free);
      return new Demo(narrator, DemoHome.STANDARD, checkout(), address, cleanup).play(once);
    } catch (DemoFault fault) {
      if (narrator.isMuted()) {
        return false; // Ctrl-C: what was under way had to fail
      }
      throw new CommandFault(String.valueOf(fault.getMessage()), fault);
    } finally {
      // An interrupt has done its work by now; the commands that clear up must not see it.
      boolean interrupted = Thread.interrupted();
      cleanup.close();
      told.countDown();
      if (interrupted) {
        teller.interrupt();
      }
    }
  }

  /** On Ctrl-C and SIGTERM: stops the story first, so that it makes nothing new meanwhile. */
  private static void stop(Narrator narrator, Thread teller, CountDownLatch told, Cleanup cleanup) {
    if (told.getCount() == 0) {
      return;
    }
    narrator.step("Clearing up ...");
    narrator.mute();
    teller.interrupt();
    try {
      told.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    cleanup.close();
  }

  private static Path checkout() {
    Path home = Path.of(System.getProperty("sluice.home", ""));
    if (!Files.isDirectory(home.resolve("daemonset/examples/fleetman"))) {
      throw new DemoFault(
          "no daemonset/examples/fleetman in '"
              + home.toAbsolutePath()
              + "' (expected: the checkout, in the system property sluice.home; ./sluice demo"
              + " sets it)");
    }
    return home.toAbsolutePath();
  }

  private static Charset terminalCharset() {
    String name = System.getProperty("stdout.encoding", "");
    return Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.US_ASCII;
  }
}
