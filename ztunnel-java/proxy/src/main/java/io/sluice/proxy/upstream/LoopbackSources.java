package io.sluice.proxy.upstream;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;

/**
 * Local addresses for connections to a pod's own app. A source address has some 28,000 ports per
 * destination, and each stays in TIME_WAIT for a minute: one address would cap an app's port at
 * some 470 new connections a second. So each connection gets the next of 16 million addresses of
 * 127/8. IPv6 has but one loopback address.
 *
 * <p>127.0.0.0/16 is left out (127.0.0.1 and resolvers such as 127.0.0.53 live there), and so is
 * what looks like a network or broadcast address.
 */
final class LoopbackSources {
  private static final InetAddress IP6 = InetAddress.ofLiteral("::1");
  private static final int SECOND = 254; // 1..254
  private static final int THIRD = 256; // 0..255
  private static final int FOURTH = 254; // 1..254
  private static final int ALL = SECOND * THIRD * FOURTH;

  private int next;

  LoopbackSources(RandomGenerator random) {
    this.next = random.nextInt(ALL);
  }

  /** To be bound before {@code peer} is dialled; port 0. */
  InetSocketAddress next(InetAddress peer) {
    return new InetSocketAddress(peer instanceof Inet6Address ? IP6 : nextIp4(), 0);
  }

  private InetAddress nextIp4() {
    int at = next;
    next = at + 1 == ALL ? 0 : at + 1;
    byte second = (byte) (1 + at / (THIRD * FOURTH));
    byte third = (byte) (at / FOURTH % THIRD);
    byte fourth = (byte) (1 + at % FOURTH);
    try {
      return InetAddress.getByAddress(new byte[] {127, second, third, fourth});
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an IPv4 address", e);
    }
  }
}
