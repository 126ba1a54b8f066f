package io.sluice.agent;

import io.sluice.agent.enrol.Enrolment;
import io.sluice.agent.kernel.program.AttachedDatapath;
import io.sluice.agent.view.AgentStatus;
import io.sluice.agent.view.AgentView;
import io.sluice.agent.view.ConfigState;
import io.sluice.agent.view.DatapathState;
import io.sluice.config.ConfigStatus;
import io.sluice.config.DirectorySource;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.RouteTables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The agent's parts as one picture. Admin threads. */
final class LiveView implements AgentView {

  private final AgentSettings settings;
  private final Path cgroup;
  private final RouteTables tables;
  private final DirectorySource source;
  private final Enrolment enrolment;
  private final AttachedDatapath datapath;
  private final long startNanos = System.nanoTime();
  private volatile boolean loaded;
  private volatile boolean ending;

  LiveView(
      AgentSettings settings,
      Path cgroup,
      RouteTables tables,
      DirectorySource source,
      Enrolment enrolment,
      AttachedDatapath datapath) {
    this.settings = settings;
    this.cgroup = cgroup;
    this.tables = tables;
    this.source = source;
    this.enrolment = enrolment;
    this.datapath = datapath;
  }

  /** The first read of the configuration is done, so all pods are known. */
  void loaded() {
    loaded = true;
  }

  /** The agent was asked to end: whoever asks whether it is ready shall look for another one. */
  void ending() {
    ending = true;
  }

  @Override
  public AgentStatus status() {
    // Asked before the pods: what is loaded has named all of them.
    ConfigState config = config();
    return new AgentStatus(
        settings.version(),
        Duration.ofNanos(System.nanoTime() - startNanos),
        ending,
        enrolment.pods(),
        config,
        datapath());
  }

  @Override
  public RouteTable table() {
    return tables.current();
  }

  private ConfigState config() {
    boolean complete = loaded;
    ConfigStatus status = source.status();
    return new ConfigState(
        "directory " + settings.configDirectory(),
        complete,
        status.generation(),
        status.lastCompile(),
        status.resources(),
        status.generation() == 0 ? Optional.empty() : Optional.of(status.lastChange()),
        status.problems());
  }

  private DatapathState datapath() {
    List<DatapathState.Program> programs = new ArrayList<>();
    datapath
        .programs()
        .forEach((name, attached) ->
            programs.add(new DatapathState.Program(name, attached, "cgroup " + cgroup)));
    boolean all = programs.stream().allMatch(DatapathState.Program::attached);
    return new DatapathState(
        all, all ? "" : "somebody has detached programs of it: restart the agent", programs);
  }
}
