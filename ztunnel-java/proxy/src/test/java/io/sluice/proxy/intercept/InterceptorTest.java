package io.sluice.proxy.intercept;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.proxy.testkit.LoopbackDoors;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InterceptorTest {
  private static final Set<Integer> OWN = Set.of(61_001);
  private final PodContext pod = LoopbackDoors.pod("web");
  private final InetSocketAddress client = at("10.0.0.9", 40_000);

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private Optional<InterceptedConnection> outbound(Optional<InetSocketAddress> original) {
    return new Interceptor(fd -> original).outbound(pod, 7, client, OWN);
  }

  private Optional<InterceptedConnection> inbound(InetSocketAddress local) {
    return new Interceptor(fd -> Optional.empty()).inbound(pod, local, client, OWN);
  }

  @Test
  void aRedirectedCallGoesWhereItWasMeantTo() {
    assertThat(outbound(Optional.of(at("10.96.0.1", 80))))
        .contains(new InterceptedConnection(Direction.OUTBOUND, pod, at("10.96.0.1", 80), client));
  }

  @Test
  void whatNobodyRedirectedIsNotTaken() {
    assertThat(outbound(Optional.empty())).isEmpty();
  }

  @Test
  void aCallToAListenerOfOursIsNotTakenButTheSamePortElsewhereIs() {
    assertThat(outbound(Optional.of(at("127.3.4.5", 61_001)))).isEmpty();
    assertThat(outbound(Optional.of(at("::1", 61_001)))).isEmpty();
    assertThat(outbound(Optional.of(at("10.0.0.7", 61_001)))).isPresent();
  }

  @Test
  void aSteeredConnectionWasMeantForItsLocalAddress() {
    assertThat(inbound(at("10.0.0.3", 8080)))
        .contains(new InterceptedConnection(Direction.INBOUND, pod, at("10.0.0.3", 8080), client));
  }

  @Test
  void aConnectionToAListenerOfOursWouldLoop() {
    assertThat(inbound(at("10.0.0.3", 61_001))).isEmpty();
  }

  @Test
  void nobodyIsSteeredFromLoopbackSoSuchAConnectionIsNotTaken() {
    assertThat(inbound(at("127.0.0.1", 8080))).isEmpty();
    assertThat(inbound(at("127.3.4.5", 8080))).isEmpty();
    assertThat(inbound(at("::1", 8080))).isEmpty();
  }
}
