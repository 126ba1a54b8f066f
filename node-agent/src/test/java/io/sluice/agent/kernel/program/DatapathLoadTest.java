package io.sluice.agent.kernel.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.agent.kernel.abi.Counter;
import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.testbed.Mesh;
import io.sluice.agent.testbed.NeedsRoot;
import io.sluice.agent.testbed.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot
class DatapathLoadTest {
  @Test
  void bothDirectionsThroughTheProxy() {
    try (TestNetwork network = TestNetwork.create("a", "b");
        Mesh mesh = new Mesh(network)) {
      mesh.enrol("a", TestNetwork.addresses(1));
      mesh.enrol("b", TestNetwork.addresses(2));
      network.pythonServer(
          "b",
          """
          s = socket.create_server(('0.0.0.0', 8080)); print('ready')
          while True:
            c, a = s.accept(); c.sendall(('saw ' + show(a)).encode()); c.close()
          """);
      String out =
          network.python(
              "a",
              """
              c = socket.create_connection(('10.88.0.2', 8080))
              print(show(c.getpeername()), c.getsockname()[0], c.recv(99).decode())
              """);
      assertThat(out).startsWith("10.88.0.2:8080 10.88.0.1 saw 10.88.0.1:");
      assertThat(mesh.count(Counter.REDIRECTED4)).isEqualTo(1);
    }
  }

  @Test
  void programsThatAreNotInForceAnyMoreAreSeen(@TempDir Path logs) throws IOException {
    Path cgroup = Files.createTempDirectory(Cgroup2.root(), "sluice-t-");
    try (AttachedDatapath attached = DatapathSpec.embedded(logs).load().attach(cgroup)) {
      assertThat(attached.programs()).hasSize(7).doesNotContainValue(false);
      attached.drain();
      assertThat(attached.programs())
          .containsEntry("sl_connect4", false)
          .containsEntry("sl_connect6", false)
          .containsEntry("sl_sockops", true);
      Files.delete(cgroup);
      TestNetwork.await(
          "the kernel detaches from a cgroup that is gone",
          () -> !attached.programs().containsValue(true));
    } finally {
      Files.deleteIfExists(cgroup);
    }
  }

  @Test
  void aDirectoryThatIsNoCgroupIsNamed(@TempDir Path directory) {
    try (LoadedDatapath loaded = DatapathSpec.embedded(directory).load()) {
      assertThatThrownBy(() -> loaded.attach(directory))
          .isInstanceOf(KernelFault.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("no directory of cgroup v2");
    }
  }
}
