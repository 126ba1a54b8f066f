package io.sluice.mesh.service;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A CIDR block; a single address is one, too. Two that hold the same addresses are equal.
 *
 * @param network its bits beyond {@code prefixLength} do not count and become 0
 * @param prefixLength 0..32 for IPv4, 0..128 for IPv6
 */
public record AddressBlock(InetAddress network, int prefixLength) {
  public AddressBlock {
    int bits = bits(network);
    if (prefixLength < 0 || prefixLength > bits) {
      throw new IllegalArgumentException(
          "prefixLength: " + prefixLength + " (expected: 0.." + bits + ")");
    }
    network = prefixLength == bits ? network : masked(network.getAddress(), prefixLength);
  }

  /** The block that holds this address only. */
  public static AddressBlock single(InetAddress address) {
    return new AddressBlock(address, bits(address));
  }

  /** Whether it holds one address only. */
  public boolean isSingle() {
    return prefixLength == bits(network);
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

  /** {@code 10.0.0.0/8}; a single address has its prefix, too. */
  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefixLength;
  }

  private static int bits(InetAddress address) {
    return (address instanceof Inet6Address ? 16 : 4) * Byte.SIZE;
  }

  private static InetAddress masked(byte[] address, int prefixLength) {
    int whole = prefixLength / Byte.SIZE;
    for (int i = whole; i < address.length; i++) {
      address[i] &= (byte) (i == whole ? 0xff00 >> prefixLength % Byte.SIZE : 0);
    }
    try {
      // The plain method would make IPv4 of ::ffff:a.b.c.d.
      return address.length == 16
          ? Inet6Address.getByAddress(null, address, -1)
          : InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + address.length + " bytes", e);
    }
  }
}
