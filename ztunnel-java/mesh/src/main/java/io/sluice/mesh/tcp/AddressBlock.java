package io.sluice.mesh.tcp;

import java.net.InetAddress;

/**
 * A CIDR block.
 *
 * @param network its bits beyond {@code prefixLength} do not count
 * @param prefixLength 0..32 for IPv4, 0..128 for IPv6
 */
public record AddressBlock(InetAddress network, int prefixLength) {
  public AddressBlock {
    int bits = network.getAddress().length * Byte.SIZE;
    if (prefixLength < 0 || prefixLength > bits) {
      throw new IllegalArgumentException(
          "prefixLength: " + prefixLength + " (expected: 0.." + bits + ")");
    }
  }

  /** Whether the address is of the same family and inside. */
  public boolean contains(InetAddress address) {
    byte[] mine = network.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    int whole = prefixLength / Byte.SIZE;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != other[i]) {
        return false;
      }
    }
    int rest = prefixLength % Byte.SIZE;
    return rest == 0 || ((mine[whole] ^ other[whole]) & (0xff00 >> rest) & 0xff) == 0;
  }
}
