package io.sluice.agent.enrol;

import io.sluice.agent.view.PodStatus;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The connections that a pod had before its enrolment. No rule reaches them until the app opens
 * them anew. One thread.
 */
final class OlderConnections {

  /** Of more than these, the rest is not followed. */
  private static final int FOLLOWED_MAX = 65_536;

  private final Supplier<List<SocketTable.Connection>> table;
  private final Set<Long> inodes = new HashSet<>();

  /**
   * Notes which there are now: to be made just before the pod is steered.
   *
   * @param table reads the pod's established connections
   */
  OlderConnections(Supplier<List<SocketTable.Connection>> table) {
    this.table = table;
    table.get().stream().limit(FOLLOWED_MAX).forEach(each -> inodes.add(each.inode()));
  }

  /** Those that are still there. Reads nothing once there are none. */
  PodStatus.Older now() {
    if (inodes.isEmpty()) {
      return PodStatus.Older.NONE;
    }
    List<SocketTable.Connection> left =
        table.get().stream().filter(each -> inodes.contains(each.inode())).toList();
    inodes.retainAll(left.stream().map(SocketTable.Connection::inode).toList());
    return new PodStatus.Older(
        left.size(), left.stream().map(SocketTable.Connection::text).toList());
  }
}
