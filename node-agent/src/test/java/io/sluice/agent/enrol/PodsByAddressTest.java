package io.sluice.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.doors.LocalPod;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which pod of this machine is behind an address. */
class PodsByAddressTest {

  private static final InetAddress FOUR = InetAddress.ofLiteral("10.0.0.7");
  private static final InetAddress OTHER_FOUR = InetAddress.ofLiteral("10.0.0.8");
  private static final InetAddress SIX = InetAddress.ofLiteral("fd00::7");

  private final PodsByAddress pods = new PodsByAddress();

  /**
   * Pods are told apart by who they are: two of them may have the same name, one after the other.
   */
  private static LocalPod pod() {
    return new LocalPod() {
      @Override
      public String uid() {
        return "uid";
      }

      @Override
      public Workload workload() {
        return new Workload("shop", "web-0", "web", Map.of(), "default", "Kubernetes");
      }

      @Override
      public boolean steered() {
        return true;
      }

      @Override
      public void appRefused() {}
    };
  }

  @Test
  void aPodHasAllItsAddressesUntilItGoes() {
    LocalPod pod = pod();
    pods.put(pod, List.of(FOUR, SIX));
    assertThat(pods.at(FOUR)).contains(pod);
    assertThat(pods.at(SIX)).contains(pod);
    assertThat(pods.at(InetAddress.ofLiteral("::ffff:10.0.0.7"))).contains(pod);
    assertThat(pods.at(OTHER_FOUR)).isEmpty();
    pods.remove(pod);
    assertThat(pods.at(FOUR)).isEmpty();
    assertThat(pods.at(SIX)).isEmpty();
  }

  @Test
  void itsAddressesAreFollowed() {
    LocalPod pod = pod();
    pods.put(pod, List.of(FOUR));
    pods.put(pod, List.of(OTHER_FOUR, SIX));
    assertThat(pods.at(FOUR)).isEmpty();
    assertThat(pods.at(OTHER_FOUR)).contains(pod);
    assertThat(pods.at(SIX)).contains(pod);
  }

  @Test
  void anAddressOfWhoeverHasItNowIsNotTakenFromIt() {
    LocalPod first = pod();
    LocalPod second = pod();
    pods.put(first, List.of(FOUR));
    pods.put(second, List.of(FOUR));
    pods.remove(first);
    assertThat(pods.at(FOUR)).contains(second);
  }
}
