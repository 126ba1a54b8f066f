package io.sluice.agent.cli;

import io.sluice.agent.Agent;
import io.sluice.agent.AgentSettings;
import io.sluice.agent.PlainListener;
import io.sluice.proxy.transport.Transport;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the agent on a directory of Kubernetes YAML until SIGTERM or SIGINT.",
      "",
      "A pod takes part when its namespace has one of the labels sluice.io/mesh=enabled, istio-injection=enabled or"
          + " istio.io/dataplane-mode=ambient, and its annotation sluice.io/netns names its network namespace, such as"
          + " /run/netns/web. Changes of files are followed.",
      ""
    },
    footer = {
      "",
      "Exit status: 0 ended as asked, 1 could not start, 2 wrong options. A second signal ends it at once."
    })
public final class RunCommand implements Callable<Integer> {

  private static final Logger LOG = System.getLogger(RunCommand.class.getName());

  @Option(
      names = "--config-dir",
      required = true,
      paramLabel = "DIR",
      converter = ExistingDirectory.class,
      description =
          "Directory with YAML files: Namespace, Pod, Service, EndpointSlice, VirtualService, ...")
  private Path configDirectory;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:15000",
      converter = HostPort.class,
      description =
          "Where /metrics, /healthz/live, /healthz/ready, /config_dump and /status are (default: ${DEFAULT-VALUE}).")
  private InetSocketAddress admin;

  @Option(
      names = "--cgroup",
      paramLabel = "PATH",
      converter = ExistingDirectory.class,
      description =
          "cgroup v2 directory below which sockets are seen, with the pods and this agent in it"
              + " (default: where cgroup v2 is mounted).")
  private Optional<Path> cgroup;

  @Option(
      names = "--transport",
      paramLabel = "NAME",
      defaultValue = "epoll",
      description = "How sockets are waited for: epoll or io_uring (default: ${DEFAULT-VALUE}).")
  private Transport transport;

  @Option(
      names = "--drain-seconds",
      paramLabel = "N",
      defaultValue = "5",
      converter = Seconds.class,
      description =
          "How long open connections may go on at the end, 0..3600 (default: ${DEFAULT-VALUE}).")
  private Duration drain;

  @Option(
      names = "--plain-listener",
      paramLabel = "HOST:PORT=NAMESPACE/POD[:DESTINATION_PORT]",
      converter = PlainListenerOption.class,
      description = {
        "Also takes HTTP/1 at HOST:PORT, without any redirect, as if that pod had sent it to the host of its Host header"
            + " at DESTINATION_PORT (default: 80). Whoever reaches HOST:PORT speaks in the pod's name. Repeatable."
      })
  private List<PlainListener> plainListeners = List.of();

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      defaultValue = "info",
      description = "error, warn, info, debug or trace (default: ${DEFAULT-VALUE}).")
  private LogLevel logLevel;

  @Override
  public Integer call() throws InterruptedException {
    Logging logging = Logging.toStandardError(logLevel);
    ShutdownSignals signals = new ShutdownSignals(Runtime.getRuntime()::halt);
    signals.install();
    AgentSettings settings =
        new AgentSettings(
            configDirectory, admin, cgroup, transport, drain, plainListeners, Version.number());
    try (Agent agent = start(settings)) {
      signals.await();
      LOG.log(
          Level.INFO,
          "asked to end: new connections go direct, open ones drain for "
              + drain.toSeconds()
              + " s at most");
    }
    LOG.log(Level.INFO, "ended");
    Reference.reachabilityFence(logging);
    return 0;
  }

  private static Agent start(AgentSettings settings) {
    try {
      return Agent.start(settings);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "start", e);
      throw new CommandFault(
          "can't start: " + e.getMessage() + " ('sluice doctor' looks at what the machine lacks)",
          e);
    }
  }
}
