package io.sluice.agent.testbed;

import io.sluice.agent.kernel.abi.Counter;
import io.sluice.agent.kernel.program.PodAddresses;
import java.util.List;

/**
 * What most tests of the datapath stand on.
 *
 * <pre>
 *   a   10.88.0.1 fd88::1   enrolled
 *   b   10.88.0.2 fd88::2   enrolled
 *   x   10.88.0.3 fd88::3   not enrolled: the rest of the world; 169.254.169.254 is there, too,
 *                          and 10.88.0.33
 *   c   10.88.0.4           enrolled, without IPv6
 * </pre>
 *
 * On x, port 8080 (IPv4 and IPv6) tells each client whom it saw.
 */
public final class World implements AutoCloseable {
  /** A server that tells each client its address and echoes until it shuts down. */
  public static final String TELLING_SERVER =
      """
      import threading
      fam = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
      s = socket.socket(fam, socket.SOCK_STREAM)
      s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      if len(sys.argv) > 3: s.setsockopt(41, 26, int(sys.argv[3]))
      s.bind((sys.argv[1], int(sys.argv[2]))); s.listen(1000); s.settimeout(None)
      def serve(c, a):
        try:
          c.sendall((show(a) + ' ' + show(c.getpeername()) + ' ' + show(c.getsockname()) + '\\n').encode())
          while True:
            d = c.recv(65536)
            if not d: break
            c.sendall(d)
        except OSError: pass
        c.close()
      print('ready')
      while True:
        c, a = s.accept()
        threading.Thread(target=serve, args=(c, a), daemon=True).start()
      """;

  private final TestNetwork network;
  private final Mesh mesh;

  public World() {
    network = TestNetwork.create("a", "b", "x");
    try {
      network.addPod("c", 4);
      TestNetwork.ip("-n", network.fullName("c"), "-6", "addr", "flush", "dev", "eth0");
      TestNetwork.ip("-n", network.fullName("x"), "addr", "add", "169.254.169.254/32", "dev", "lo");
      TestNetwork.ip("-n", network.fullName("x"), "addr", "add", "10.88.0.33/24", "dev", "eth0");
      TestNetwork.ip(
          "-n", network.fullName("a"), "route", "add", "169.254.169.254", "via", "10.88.0.3");
      network.pythonServer("x", TELLING_SERVER, "::", "8080");
      mesh = new Mesh(network);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
    mesh.enrol("a", TestNetwork.addresses(1));
    mesh.enrol("b", TestNetwork.addresses(2));
    mesh.enrol("c", new PodAddresses(List.of(TestNetwork.ip4(4)), List.of()));
  }

  public TestNetwork network() {
    return network;
  }

  public Mesh mesh() {
    return mesh;
  }

  /** Runs a script in a pod. */
  public String python(String pod, String script, String... arguments) {
    return network.python(pod, script, arguments);
  }

  /** How much a counter grew while something ran; the result of that is thrown away. */
  public long growth(Counter counter, Runnable action) {
    long before = mesh.count(counter);
    action.run();
    return mesh.count(counter) - before;
  }

  /** What a pod's proxy accepted while something ran. */
  public List<String> seenDuring(String pod, Runnable action) {
    int before = mesh.pod(pod).proxy().seen().size();
    action.run();
    List<String> seen = mesh.pod(pod).proxy().seen();
    return seen.subList(before, seen.size());
  }

  @Override
  public void close() {
    mesh.close();
    network.close();
  }
}
