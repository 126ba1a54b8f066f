package io.sluice.config.translate;

import io.sluice.mesh.service.AddressBlock;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** CIDR blocks, and single addresses as blocks. */
final class Subnets {
  static final String EXPECTED =
      "an IP address or a CIDR block such as 10.0.0.0/8 (prefix 0..32) or 2001:db8::/32 (0..128)";

  private static final Pattern PREFIX = Pattern.compile("0|[1-9]\\d{0,2}");

  private Subnets() {}

  /** Empty when it is none. */
  static Optional<AddressBlock> parse(String text) {
    int slash = text.indexOf('/');
    Optional<InetAddress> address = Hosts.address(slash < 0 ? text : text.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    int bits = address.get().getAddress().length * Byte.SIZE;
    if (slash < 0) {
      return Optional.of(new AddressBlock(address.get(), bits));
    }
    String prefix = text.substring(slash + 1);
    return PREFIX.matcher(prefix).matches() && Integer.parseInt(prefix) <= bits
        ? Optional.of(new AddressBlock(address.get(), Integer.parseInt(prefix)))
        : Optional.empty();
  }
}
