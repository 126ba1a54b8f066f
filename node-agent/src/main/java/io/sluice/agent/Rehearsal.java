package io.sluice.agent;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.agent.admin.AdminServer;
import io.sluice.agent.view.AgentMetrics;
import io.sluice.agent.view.AgentStatus;
import io.sluice.agent.view.AgentView;
import io.sluice.agent.view.ConfigState;
import io.sluice.agent.view.DatapathState;
import io.sluice.agent.view.LoopLag;
import io.sluice.agent.view.PodStatus;
import io.sluice.config.DirectorySource;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.RouteTables;
import io.sluice.proxy.PlainAddress;
import io.sluice.proxy.PodProxy;
import io.sluice.proxy.Proxy;
import io.sluice.proxy.ProxySettings;
import io.sluice.proxy.doors.LocalPods;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.telemetry.PrometheusTelemetry;
import io.sluice.proxy.telemetry.TelemetryLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run of the agent's parts without kernel programs, namespaces or root: configuration, proxy,
 * metrics and admin pages, all on loopback. From it the JVM learns which classes an agent needs and
 * which methods are hot (the AOT cache that the launcher has made after a build). Main.
 */
public final class Rehearsal {
  private static final String NAMESPACE = "rehearsal";
  private static final String POD = "web";
  private static final String HOST = "backend.example";
  private static final String CONFIGURATION = "rehearsal.yaml";
  private static final List<String> PAGES =
      List.of("/healthz/ready", "/healthz/live", "/status", "/config_dump", "/metrics");
  private static final int PAGE_ROUNDS = 20;

  private final String version;
  private final RouteTables tables = new RouteTables();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private Rehearsal(String version) {
    this.version = version;
  }

  /**
   * Blocks until it is over.
   *
   * @param load for how long requests are sent
   * @return requests that were answered
   * @throws IOException when loopback can't be used
   */
  public static long run(String version, Duration load) throws IOException {
    Path directory = Files.createTempDirectory("sluice-rehearsal");
    OwnClasses.loadAll();
    try (RehearsalBackend backend = RehearsalBackend.start()) {
      Files.writeString(directory.resolve(CONFIGURATION), configuration(backend.port()));
      return new Rehearsal(version).play(directory, load);
    } finally {
      Files.deleteIfExists(directory.resolve(CONFIGURATION));
      Files.delete(directory);
    }
  }

  private static String configuration(int backendPort) throws IOException {
    try (InputStream in = Rehearsal.class.getResourceAsStream(CONFIGURATION)) {
      if (in == null) {
        throw new IOException(CONFIGURATION + " is not in the agent's jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("BACKEND_PORT", Integer.toString(backendPort));
    }
  }

  private long play(Path directory, Duration load) throws IOException {
    try (Proxy proxy = startProxy();
        DirectorySource source = new DirectorySource(directory, tables, pod -> {});
        LoopLag lag = LoopLag.start(proxy.eventLoops(), System::nanoTime);
        AgentMetrics metrics =
            AgentMetrics.register(registry, new View(), Map::of, proxy::dns, lag);
        AdminServer admin = AdminServer.start(loopback(), new View(), registry);
        PodProxy plain = openPlain(proxy)) {
      source.start();
      int port = plain.listeners().getFirst().port();
      long answered = RehearsalClient.sendFor(load, port, HOST);
      for (int i = 0; i < PAGE_ROUNDS; i++) {
        for (String page : PAGES) {
          RehearsalClient.get(admin.address().getPort(), page);
        }
      }
      return answered;
    } finally {
      registry.close();
    }
  }

  private Proxy startProxy() {
    return Proxy.start(
        ProxySettings.defaults(),
        tables,
        fd -> Optional.empty(),
        new NoKernel(),
        LocalPods.NONE,
        PrometheusTelemetry.register(registry, TelemetryLimits.DEFAULT, System::nanoTime, version));
  }

  private PodProxy openPlain(Proxy proxy) {
    PlainListener listener = new PlainListener(new PlainAddress(loopback(), 80), NAMESPACE, POD);
    return proxy.openPlain(StandIn.of(listener, tables), listener.address());
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Nothing steers, so nothing has to be exempt. */
  private static final class NoKernel implements OwnSockets {
    @Override
    public void exempt(int fd) {}

    @Override
    public void exemptStraight(int fd) {}

    @Override
    public boolean wentStraight(int fd) {
      return false;
    }

    @Override
    public void exemptShowing(int fd, InetSocketAddress trueClient) {}
  }

  /** Of an agent whose parts are all as they should be. */
  private final class View implements AgentView {
    @Override
    public AgentStatus status() {
      return new AgentStatus(
          version,
          Duration.ofSeconds(1),
          false,
          List.<PodStatus>of(),
          new ConfigState(
              NAMESPACE, true, table().generation(), Duration.ZERO, 0, Optional.empty(), List.of()),
          new DatapathState(true, "", List.of()));
    }

    @Override
    public RouteTable table() {
      return tables.current();
    }
  }
}
