package io.sluice.agent;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.DefaultChannelId;
import io.sluice.agent.admin.AdminServer;
import io.sluice.agent.enrol.EnrolSettings;
import io.sluice.agent.enrol.Enrolment;
import io.sluice.agent.enrol.PodEnroller;
import io.sluice.agent.enrol.PodsByAddress;
import io.sluice.agent.kernel.abi.Counter;
import io.sluice.agent.kernel.program.AttachedDatapath;
import io.sluice.agent.kernel.program.Cgroup2;
import io.sluice.agent.kernel.program.DatapathSpec;
import io.sluice.agent.kernel.program.LoadedDatapath;
import io.sluice.agent.netns.HomeNamespace;
import io.sluice.agent.view.AgentMetrics;
import io.sluice.agent.view.LoopLag;
import io.sluice.config.DirectorySource;
import io.sluice.mesh.RouteTables;
import io.sluice.proxy.Proxy;
import io.sluice.proxy.ProxySettings;
import io.sluice.proxy.telemetry.PrometheusTelemetry;
import io.sluice.proxy.telemetry.TelemetryLimits;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The running agent. Each part is started when those that it needs run, and ended before them.
 *
 * <pre>
 *   datapath -> proxy -> admin pages -> enrolment -> configuration -> plain listeners
 * </pre>
 *
 * <p>BPF links are not pinned: whatever ends this process detaches them, and pods dial directly
 * again. Nothing needs to be cleaned up after a crash.
 */
public final class Agent implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Agent.class.getName());

  /** What runs, the last started first. */
  private final Deque<Part> running = new ArrayDeque<>();

  private record Part(String name, AutoCloseable closer) {}

  private Agent() {}

  /**
   * Starts all parts; pods are enrolled while it runs. Called by main; blocks for a second or so.
   *
   * @throws IOException when the admin address can't be had, or files can't be watched
   * @throws RuntimeException when the machine lacks something; then nothing runs on
   */
  public static Agent start(AgentSettings settings) throws IOException {
    Agent agent = new Agent();
    try {
      agent.startParts(settings);
      return agent;
    } catch (IOException | RuntimeException e) {
      agent.close();
      throw e;
    }
  }

  private void startParts(AgentSettings settings) throws IOException {
    HomeNamespace home = keep("home namespace", HomeNamespace.ofThisThread());
    Path cgroup = settings.cgroup().orElseGet(Cgroup2::root);
    AttachedDatapath datapath = keep("datapath", attach(cgroup));

    RouteTables tables = new RouteTables();
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    running.push(new Part("meters", registry::close));
    PodsByAddress pods = new PodsByAddress();
    Proxy proxy = keep("proxy", startProxy(settings, tables, datapath, pods, registry));

    Enrolment enrolment =
        new Enrolment(
            new PodEnroller(home, datapath, proxy, pods), EnrolSettings.defaults(settings.drain()));
    DirectorySource source =
        new DirectorySource(settings.configDirectory(), tables, enrolment.events());
    LiveView view = new LiveView(settings, cgroup, tables, source, enrolment, datapath);

    startAdmin(settings, view, registry, proxy, datapath);
    keep("enrolment", enrolment);
    enrolment.start(source::podAddresses);
    keep("configuration", source);
    source.start();
    view.loaded();
    // Now there is a table by which they can answer.
    keep(
        "plain listeners",
        PlainListeners.open(settings.plainListeners(), proxy, tables, settings.drain()));
    // The last one, so the first to be closed.
    running.push(new Part("readiness", view::ending));
  }

  private void startAdmin(
      AgentSettings settings,
      LiveView view,
      PrometheusMeterRegistry registry,
      Proxy proxy,
      AttachedDatapath datapath)
      throws IOException {
    LoopLag lag = keep("event loops' probes", LoopLag.start(proxy.eventLoops(), System::nanoTime));
    keep(
        "agent's meters",
        AgentMetrics.register(
            registry, view, () -> labelled(datapath.counters()), proxy::dns, lag));
    AdminServer admin = keep("admin pages", AdminServer.start(settings.admin(), view, registry));
    LOG.log(
        Level.INFO,
        "admin pages are on http://"
            + admin.address().getHostString()
            + ":"
            + admin.address().getPort());
  }

  private static AttachedDatapath attach(Path cgroup) {
    LoadedDatapath loaded =
        DatapathSpec.embedded(Path.of(System.getProperty("java.io.tmpdir"))).load();
    try {
      return loaded.attach(cgroup);
    } catch (RuntimeException e) {
      loaded.close();
      throw e;
    }
  }

  private static Proxy startProxy(
      AgentSettings settings,
      RouteTables tables,
      AttachedDatapath datapath,
      PodsByAddress pods,
      PrometheusMeterRegistry registry) {
    // It looks at all network interfaces once: here, and not while a thread is in a pod's
    // namespace.
    DefaultChannelId.newInstance();
    return Proxy.start(
        ProxySettings.defaults().withTransport(settings.transport()),
        tables,
        datapath.originalDestinations()::of,
        new KernelSockets(datapath.ownSockets()),
        pods,
        PrometheusTelemetry.register(
            registry, TelemetryLimits.DEFAULT, System::nanoTime, settings.version()));
  }

  private static Map<String, Long> labelled(Map<Counter, Long> counters) {
    return counters.entrySet().stream()
        .collect(Collectors.toMap(each -> each.getKey().label(), Map.Entry::getValue));
  }

  private <T extends AutoCloseable> T keep(String name, T part) {
    running.push(new Part(name, part));
    return part;
  }

  /**
   * Lets go of all pods (new connections go direct, open ones have the drain's time) and ends
   * everything. Blocks so long. What can't be ended is logged, and the rest goes on.
   */
  @Override
  public void close() {
    while (!running.isEmpty()) {
      Part part = running.pop();
      try {
        part.closer().close();
      } catch (Exception e) {
        LOG.log(Level.WARNING, "ending " + part.name() + ": " + e.getMessage(), e);
      }
    }
  }
}
