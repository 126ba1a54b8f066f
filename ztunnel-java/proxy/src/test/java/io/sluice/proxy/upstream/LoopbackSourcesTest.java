package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LoopbackSourcesTest {
  private static final InetAddress IP4 = InetAddress.ofLiteral("10.0.0.1");
  private static final int ALL = 254 * 256 * 254;

  @Test
  void allAddressesComeOncePerRoundAndNoneIsSpecial() {
    LoopbackSources sources = new LoopbackSources(new SplittableRandom(1));
    java.util.BitSet seen = new java.util.BitSet(1 << 24);
    for (int i = 0; i < ALL; i++) {
      byte[] a = sources.next(IP4).getAddress().getAddress();
      int low = (a[1] & 0xff) << 16 | (a[2] & 0xff) << 8 | (a[3] & 0xff);
      boolean special = a[0] != 127 || a[1] == 0 || a[1] == -1 || a[3] == 0 || a[3] == -1;
      if (special || seen.get(low)) {
        assertThat(a).as("special or seen before").isNull();
      }
      seen.set(low);
    }
    assertThat(seen.cardinality()).isEqualTo(ALL);
  }

  @Test
  void forIp6ThereIsOne() {
    LoopbackSources sources = new LoopbackSources(new SplittableRandom(1));
    assertThat(sources.next(InetAddress.ofLiteral("2001:db8::1")))
        .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
  }
}
