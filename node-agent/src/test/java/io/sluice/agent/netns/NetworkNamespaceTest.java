package io.sluice.agent.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.testbed.NeedsRoot;
import io.sluice.agent.testbed.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsRoot
class NetworkNamespaceTest {
  private static final Path OWN = Path.of("/proc/thread-self/ns/net");

  private TestNetwork network;
  private HomeNamespace home;

  @BeforeEach
  void build() {
    network = TestNetwork.create("a", "b");
    home = HomeNamespace.ofThisThread();
  }

  @AfterEach
  void remove() {
    home.close();
    network.close();
  }

  private static String here() {
    try {
      return Files.readSymbolicLink(OWN).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void runsInsideAndComesBack() {
    String before = here();
    try (NetworkNamespace a = home.open(network.path("a"))) {
      assertThat(a.call(NetworkNamespaceTest::here)).isEqualTo("net:[" + a.inode() + "]");
      assertThat(here()).isEqualTo(before);
    }
  }

  @Test
  void comesBackWhenWhatRanInsideFails() {
    String before = here();
    try (NetworkNamespace a = home.open(network.path("a"))) {
      assertThatThrownBy(() ->
              a.call(() -> {
                throw new IllegalArgumentException("inside");
              }))
          .hasMessage("inside");
      assertThat(here()).isEqualTo(before);
    }
  }

  @Test
  void namesEachNamespaceByItsOwnCookie() {
    try (NetworkNamespace a = home.open(network.path("a"));
        NetworkNamespace again = home.open(network.path("a"));
        NetworkNamespace b = home.open(network.path("b"))) {
      assertThat(a.cookie()).isEqualTo(again.cookie()).isNotEqualTo(b.cookie()).isNotZero();
    }
  }

  @Test
  void findsTheAddressesThatOthersReach() {
    try (NetworkNamespace b = home.open(network.path("b"))) {
      assertThat(b.addresses().ip4()).containsExactly(TestNetwork.ip4(2));
      assertThat(b.addresses().ip6()).containsExactly(TestNetwork.ip6(2));
    }
  }

  @Test
  void isGoneWhenItsPathLeadsElsewhere() {
    try (NetworkNamespace a = home.open(network.path("a"))) {
      assertThat(a.isGone()).isFalse();
      network.deletePod("a");
      assertThat(a.isGone()).as("deleted").isTrue();
      network.addNamespace("a");
      assertThat(a.isGone()).as("made anew").isTrue();
    }
  }

  @Test
  void closedOneDoesNotHoldTheNamespaceAndIsNotEntered() {
    NetworkNamespace a = home.open(network.path("a"));
    a.close();
    assertThatThrownBy(() -> a.call(NetworkNamespaceTest::here))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    network.deletePod("a");
    network.awaitFreed("a");
  }

  @Test
  void closedWhileSomebodyIsInsideItStaysUntilTheyHaveLeft() {
    String before = here();
    NetworkNamespace a = home.open(network.path("a"));
    String inside =
        a.call(() -> {
          a.close();
          return here();
        });
    assertThat(inside).isEqualTo("net:[" + a.inode() + "]");
    assertThat(here()).isEqualTo(before);
  }

  @Test
  void virtualThreadIsRefusedForItsCarrierWouldStay() throws InterruptedException {
    try (NetworkNamespace a = home.open(network.path("a"))) {
      AtomicReference<Throwable> refused = new AtomicReference<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              a.call(NetworkNamespaceTest::here);
            } catch (IllegalStateException e) {
              refused.set(e);
            }
          })
          .join();
      assertThat(refused.get()).hasMessageContaining("platform thread");
    }
  }

  @Test
  void missingPathIsNamed() {
    assertThatThrownBy(() -> home.open(Path.of("/run/netns/sluice-t-none")))
        .isInstanceOf(KernelFault.class)
        .hasMessageContaining("/run/netns/sluice-t-none")
        .hasMessageContaining("ENOENT");
  }
}
