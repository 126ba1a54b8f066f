package io.sluice.agent.demo;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * An IPv4 network.
 *
 * @param address its first address, as a 32-bit number
 * @param prefixBits 0..32
 */
record Ipv4Network(int address, int prefixBits) {
  private static final Pattern DOTTED =
      Pattern.compile("\\b(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})(?:/(\\d{1,2}))?\\b");

  /** Routes wider than this send everything somewhere (0.0.0.0/1 of a VPN): they occupy nothing. */
  private static final int PREFIX_BITS_MIN = 8;

  Ipv4Network {
    if (prefixBits < 0 || prefixBits > 32) {
      throw new IllegalArgumentException("prefixBits: " + prefixBits + " (expected: 0..32)");
    }
    address &= mask(prefixBits);
  }

  /** All networks and single addresses that the output of {@code ip} names. */
  static List<Ipv4Network> namedIn(String text) {
    return DOTTED
        .matcher(text)
        .results()
        .map(Ipv4Network::read)
        .flatMap(Optional::stream)
        .filter(network -> network.prefixBits >= PREFIX_BITS_MIN)
        .toList();
  }

  private static Optional<Ipv4Network> read(MatchResult found) {
    int address = 0;
    for (int group = 1; group <= 4; group++) {
      int octet = Integer.parseInt(found.group(group));
      if (octet > 255) {
        return Optional.empty();
      }
      address = address << 8 | octet;
    }
    int bits = found.group(5) == null ? 32 : Integer.parseInt(found.group(5));
    return bits > 32 ? Optional.empty() : Optional.of(new Ipv4Network(address, bits));
  }

  boolean overlaps(Ipv4Network other) {
    int common = mask(Math.min(prefixBits, other.prefixBits));
    return (address & common) == (other.address & common);
  }

  private static int mask(int bits) {
    return bits == 0 ? 0 : -1 << (32 - bits);
  }
}
