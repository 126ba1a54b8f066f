package io.sluice.agent.enrol;

import io.sluice.agent.kernel.program.AppConnection;
import io.sluice.agent.view.PodStatus;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The connections that a pod had before its enrolment. No rule reaches them until the app opens
 * them anew. One thread.
 */
final class OlderConnections {

  /** Of more than these, the rest is not followed. */
  private static final int FOLLOWED_MAX = 65_536;

  private final Supplier<List<AppConnection>> table;
  private Set<AppConnection> followed;

  /**
   * Notes which there are now: to be made just after the pod is steered. What its apps open from
   * then on leads to the proxy, on loopback, and so can be told from what they opened before.
   *
   * @param table reads the open connections of the pod's apps
   */
  OlderConnections(Supplier<List<AppConnection>> table) {
    this.table = table;
    this.followed = Set.copyOf(leaving().limit(FOLLOWED_MAX).toList());
  }

  /**
   * Those that are still there. A connection between two apps of the pod counts once. Reads nothing
   * once there are none.
   */
  PodStatus.Older now() {
    if (followed.isEmpty()) {
      return PodStatus.Older.NONE;
    }
    // A socket that was connected anew, elsewhere, is another connection.
    List<AppConnection> left = leaving().filter(followed::contains).toList();
    followed = Set.copyOf(left);
    List<String> counted = once(left).map(OlderConnections::text).toList();
    return new PodStatus.Older(counted.size(), counted);
  }

  /** Loopback is never steered. */
  private Stream<AppConnection> leaving() {
    return table.get().stream()
        .filter(each -> !isLoopback(each.local()) && !isLoopback(each.remote()));
  }

  private static Stream<AppConnection> once(List<AppConnection> connections) {
    Set<Ends> seen = new HashSet<>();
    return connections.stream()
        .filter(each -> {
          seen.add(new Ends(each.local(), each.remote()));
          return !seen.contains(new Ends(each.remote(), each.local()));
        });
  }

  private record Ends(InetSocketAddress local, InetSocketAddress remote) {}

  private static boolean isLoopback(InetSocketAddress end) {
    return end.getAddress().isLoopbackAddress();
  }

  /** {@code 10.0.0.1:40000 -> 10.0.0.2:80}. */
  private static String text(AppConnection connection) {
    return text(connection.local()) + " -> " + text(connection.remote());
  }

  private static String text(InetSocketAddress end) {
    String host = end.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + end.getPort();
  }
}
