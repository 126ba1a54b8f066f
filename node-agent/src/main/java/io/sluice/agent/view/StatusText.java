package io.sluice.agent.view;

import io.sluice.mesh.problem.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@link AgentStatus} for people at a terminal: what is, what is wrong, what to do. Pure. */
public final class StatusText {
  private final AgentStatus status;

  private StatusText(AgentStatus status) {
    this.status = status;
  }

  /** Several lines, each ended by a newline. */
  public static String render(AgentStatus status) {
    StatusText text = new StatusText(status);
    return text.head() + text.pods() + text.podsInTrouble() + text.problems() + text.older();
  }

  private String head() {
    List<String> missing = status.missing();
    return new Table()
        .row("agent", "sluice " + status.version() + ", up " + duration(status.uptime()))
        .row("ready", missing.isEmpty() ? "yes" : "NO: " + String.join("; ", missing))
        .row("config", config(status.config()))
        .row("kernel", kernel(status.datapath()))
        .text();
  }

  private static String config(ConfigState config) {
    if (!config.loaded()) {
      return config.source() + ", not read yet";
    }
    return config.source()
        + ": "
        + count(config.resources(), "resource")
        + ", generation "
        + config.generation()
        + config.lastChange().map(time -> " of " + time).orElse("")
        + ", compiled in "
        + String.format(Locale.ROOT, "%.1f ms", config.lastCompile().toNanos() / 1e6);
  }

  private static String kernel(DatapathState datapath) {
    String programs =
        datapath.programs().stream()
            .map(program -> program.name() + (program.attached() ? "" : " (NOT ATTACHED)"))
            .collect(Collectors.joining(" "));
    String state = datapath.attached() ? "attached" : "NOT ATTACHED";
    String detail = datapath.detail().isEmpty() ? "" : " (" + datapath.detail() + ")";
    return (state + detail + (programs.isEmpty() ? "" : ": " + programs)).strip();
  }

  private String pods() {
    if (status.pods().isEmpty()) {
      return "\nPODS: none. A pod takes part if its namespace is labelled sluice.io/mesh=enabled and the"
          + " pod names its network namespace by the annotation sluice.io/netns.\n";
    }
    Table table =
        new Table()
            .row("NAMESPACE", "POD", "STATE", "CONNECTIONS", "OLDER", "ADDRESSES", "LISTENERS");
    for (PodStatus pod : status.pods()) {
      table.row(
          pod.namespace(),
          pod.name(),
          pod.state().text(),
          Integer.toString(pod.connections()),
          Integer.toString(pod.older().count()),
          orDash(String.join(",", pod.addresses())),
          orDash(listeners(pod)));
    }
    return "\nPODS: "
        + status.enrolledPods()
        + " of "
        + status.pods().size()
        + " enrolled\n"
        + table.text();
  }

  private static String listeners(PodStatus pod) {
    return pod.listeners().stream()
        .map(listener -> listener.role().toLowerCase(Locale.ROOT) + ":" + listener.port())
        .collect(Collectors.joining(" "));
  }

  private String podsInTrouble() {
    String lines =
        status.pods().stream()
            .filter(pod -> pod.state() != PodStatus.State.ENROLLED && !pod.detail().isEmpty())
            .map(pod -> "  " + pod.namespace() + "/" + pod.name() + ": " + pod.detail() + "\n")
            .collect(Collectors.joining());
    return lines.isEmpty() ? "" : "\nNOT ENROLLED, tried again until it works\n" + lines;
  }

  private String problems() {
    List<Problem> problems = status.config().problems();
    if (problems.isEmpty()) {
      return "\nPROBLEMS: none\n";
    }
    Table table = new Table().row("SEVERITY", "RESOURCE", "FIELD", "FOUND", "IN", "EXPECTED");
    for (Problem problem : problems) {
      table.row(
          ProblemJson.text(problem.severity()),
          problem.resource().toString(),
          orDash(problem.field()),
          orDash(problem.value()),
          orDash(problem.source()),
          problem.expected());
    }
    String meaning =
        problems.stream().anyMatch(problem -> problem.severity() == Problem.Severity.ERROR)
            ? " (error: the resource's last good version stays in force, if there was one)"
            : "";
    return "\nPROBLEMS: " + problems.size() + bySeverity(problems) + meaning + "\n" + table.text();
  }

  /** {@code , 2 error, 1 warning}, where they are of several. */
  private static String bySeverity(List<Problem> problems) {
    Map<Problem.Severity, Long> counts =
        problems.stream()
            .collect(Collectors.groupingBy(Problem::severity, TreeMap::new, Collectors.counting()));
    return counts.size() < 2
        ? ""
        : counts.entrySet().stream()
            .map(each -> each.getValue() + " " + ProblemJson.text(each.getKey()))
            .collect(Collectors.joining(", ", ": ", ""));
  }

  private String older() {
    String lines =
        status.pods().stream()
            .filter(pod -> pod.older().count() > 0)
            .map(StatusText::older)
            .collect(Collectors.joining());
    return lines.isEmpty()
        ? ""
        : "\nOLDER CONNECTIONS: open since before their pod was enrolled. No rule or metric reaches them until"
            + " the app opens them anew; restart the app if that can't wait.\n"
            + lines;
  }

  private static String older(PodStatus pod) {
    PodStatus.Older older = pod.older();
    int more = older.count() - older.examples().size();
    String examples = String.join(", ", older.examples());
    return "  "
        + pod.namespace()
        + "/"
        + pod.name()
        + ": "
        + older.count()
        + (examples.isEmpty() ? "" : ": " + examples + (more > 0 ? " and " + more + " more" : ""))
        + "\n";
  }

  private static String duration(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m " + seconds % 60 + "s";
    }
    return seconds < 86_400
        ? seconds / 3600 + "h " + seconds % 3600 / 60 + "m"
        : seconds / 86_400 + "d " + seconds % 86_400 / 3600 + "h";
  }

  private static String count(int number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
