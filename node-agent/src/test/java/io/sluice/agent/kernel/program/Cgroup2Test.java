package io.sluice.agent.kernel.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class Cgroup2Test {
  @Test
  void findsTheMountBesideVersionOne() {
    String mounts =
        """
        tmpfs /sys/fs/cgroup tmpfs rw 0 0
        cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0
        cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
        """;
    assertThat(Cgroup2.find(mounts)).contains(Path.of("/sys/fs/cgroup/unified"));
  }

  @Test
  void noneWithoutVersionTwo() {
    assertThat(Cgroup2.find("cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n")).isEmpty();
  }
}
