package io.sluice.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceBlocks;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ServiceBlocksTest {
  private final Map<AddressBlock, ServicePort> blocks = new HashMap<>();

  @Test
  void noBlocksHoldNothing() {
    assertThat(ServiceBlocks.of(Map.of()).at(InetAddress.ofLiteral("10.0.0.1"))).isEmpty();
    assertThat(ServiceBlocks.of(Map.of()).at(InetAddress.ofLiteral("::1"))).isEmpty();
  }

  @Test
  void familiesAreApart() {
    put("0.0.0.0", 0);
    put("2001:db8::", 32);

    assertThat(at("255.255.255.255")).isEqualTo("0.0.0.0/0");
    assertThat(at("2001:db8:1::1")).isEqualTo("2001:db8:0:0:0:0:0:0/32");
    assertThat(at("2001:db9::1")).isEqualTo("none");
    put("::", 0);
    assertThat(at("2001:db9::1")).isEqualTo("0:0:0:0:0:0:0:0/0");
  }

  /** The same by looking at each block, for many that lie in one another. */
  @Test
  void agreesWithLookingAtEach() throws UnknownHostException {
    long seed = Long.getLong("sluice.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int length : new int[] {4, 16}) {
      blocks.clear();
      for (int count = 0; count < 300; count++) {
        InetAddress network = InetAddress.getByAddress(address(random, length));
        int prefix = random.nextInt(length * Byte.SIZE + 1);
        put(network.getHostAddress(), prefix);
      }
      ServiceBlocks all = ServiceBlocks.of(blocks);
      for (int count = 0; count < 1_000; count++) {
        InetAddress address = InetAddress.getByAddress(address(random, length));
        Optional<AddressBlock> narrowest =
            blocks.keySet().stream()
                .filter(block -> block.contains(address))
                .max(Comparator.comparingInt(AddressBlock::prefixLength));
        assertThat(all.at(address))
            .as("-Dsluice.seed=%d %s", seed, address)
            .isEqualTo(narrowest.map(blocks::get));
      }
    }
  }

  /** Few different bits, so that blocks lie in one another. */
  private static byte[] address(SplittableRandom random, int length) {
    byte[] address = new byte[length];
    for (int i = 0; i < length; i++) {
      address[i] = (byte) (random.nextBoolean() ? 0xff : 0);
    }
    address[0] = 32;
    return address;
  }

  private String at(String address) {
    return ServiceBlocks.of(blocks)
        .at(InetAddress.ofLiteral(address))
        .map(port -> port.service().name())
        .orElse("none");
  }

  private void put(String network, int prefix) {
    AddressBlock block = new AddressBlock(InetAddress.ofLiteral(network), prefix);
    String name = block.toString();
    ServiceId id = new ServiceId(name, name, "shop");
    blocks.put(
        block,
        new ServicePort(
            id,
            80,
            AppProtocol.TCP,
            new Cluster(
                new ClusterId(name, 80, ""),
                id,
                new Discovery.OriginalDestination(),
                LoadBalancer.RANDOM,
                Cluster.DEFAULT_CONNECT_TIMEOUT,
                Optional.empty())));
  }
}
