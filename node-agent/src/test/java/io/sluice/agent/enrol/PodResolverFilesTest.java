package io.sluice.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.proxy.doors.ResolverFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files are a pod's. */
class PodResolverFilesTest {
  @TempDir Path etc;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(etc.resolve("resolv.conf"), "nameserver 10.0.0.1");
    Files.writeString(etc.resolve("hosts"), "10.0.0.1 machine");
    Files.createDirectories(etc.resolve("netns/shop"));
  }

  @Test
  void aNameHasFilesOfItsOwnOrTheMachines() throws IOException {
    for (String path :
        new String[] {"/run/netns/shop", "/var/run/netns/shop", "/run/./netns/shop"}) {
      ResolverFiles files = files(path);
      Files.deleteIfExists(etc.resolve("netns/shop/resolv.conf"));
      assertThat(files.resolvConf().content()).isEqualTo("nameserver 10.0.0.1");
      assertThat(files.resolvConf().machines()).isTrue();
      Files.writeString(etc.resolve("netns/shop/resolv.conf"), "nameserver 10.0.0.2");
      assertThat(files.resolvConf().content()).isEqualTo("nameserver 10.0.0.2");
      assertThat(files.resolvConf().machines()).isFalse();
      assertThat(files.resolvConf().place())
          .isEqualTo(etc.resolve("netns/shop/resolv.conf").toString());
      assertThat(files.hosts().content()).isEqualTo("10.0.0.1 machine");
    }
  }

  @Test
  void whatLooksLikeANameAndIsNone() throws IOException {
    Files.writeString(etc.resolve("netns/resolv.conf"), "nameserver 10.6.6.6");
    for (String path :
        new String[] {"/run/netns/..", "/run/netns/.", "/run/netns/a/b", "/tmp/shop"}) {
      assertThat(files(path).resolvConf().content()).as(path).isEqualTo("nameserver 10.0.0.1");
    }
  }

  @Test
  void aProcessHasThoseBelowItsRoot() throws IOException {
    long pid = ProcessHandle.current().pid();
    ResolverFiles files = files("/proc/" + pid + "/ns/net");
    assertThat(files.hosts().content()).isEqualTo(Files.readString(Path.of("/etc/hosts")));
    assertThat(files.hosts().place()).isEqualTo("/proc/" + pid + "/root/etc/hosts");

    assertThat(files.hosts().machines()).as("the files of this test are others").isFalse();
    Path machine = Path.of("/etc");
    assertThat(
            PodResolverFiles.of(Path.of("/proc/" + pid + "/ns/net"), machine, () -> true)
                .hosts()
                .machines())
        .as("a process that has no files of its own")
        .isTrue();

    ResolverFiles ended =
        PodResolverFiles.of(Path.of("/proc/" + pid + "/ns/net"), etc, () -> false);
    assertThatThrownBy(ended::hosts).isInstanceOf(NoSuchFileException.class);
  }

  /** Some of them make readers wait for ever, and only root may read others. */
  @Test
  void theKernelsOwnFilesAreNotRead() throws IOException {
    Path version = Path.of("/proc/version");
    assertThat(Files.readString(version)).isNotEmpty();
    assertThat(ResolverFiles.Text.read("pod", version, false).content()).isEmpty();
  }

  private ResolverFiles files(String netns) {
    return PodResolverFiles.of(Path.of(netns), etc, () -> true);
  }
}
