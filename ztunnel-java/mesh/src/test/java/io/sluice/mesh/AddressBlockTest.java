package io.sluice.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mesh.service.AddressBlock;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressBlockTest {
  @ParameterizedTest(name = "{0}/{1} holds {2}: {3}")
  @CsvSource({
    "10.0.0.0, 8, 10.255.255.255, true",
    "10.0.0.0, 8, 11.0.0.0, false",
    "10.0.0.0, 8, 9.255.255.255, false",
    "0.0.0.0, 0, 255.255.255.255, true",
    "255.255.255.255, 0, 0.0.0.0, true",
    "0.0.0.0, 1, 127.255.255.255, true",
    "0.0.0.0, 1, 128.0.0.0, false",
    "192.168.128.0, 17, 192.168.255.1, true",
    "192.168.128.0, 17, 192.168.127.255, false",
    "192.0.2.6, 31, 192.0.2.7, true",
    "192.0.2.6, 31, 192.0.2.8, false",
    "192.0.2.7, 32, 192.0.2.7, true",
    "192.0.2.7, 32, 192.0.2.6, false",
    "10.9.9.9, 8, 10.1.1.1, true",
    "0.0.0.0, 0, ::1, false",
    "::, 0, 10.0.0.1, false",
    "::, 0, 2001:db8::1, true",
    "2001:db8::, 32, 2001:db8:ffff::1, true",
    "2001:db8::, 32, 2001:db9::1, false",
    "2001:db8:0:8000::, 49, 2001:db8:0:ffff::1, true",
    "2001:db8::8000:0:0:0, 65, 2001:db8::7fff:0:0:1, false",
    "::1, 128, ::1, true",
    "::1, 128, ::, false",
    "::1, 127, ::, true",
  })
  void holds(String network, int prefixLength, String address, boolean held) {
    AddressBlock block = new AddressBlock(InetAddress.ofLiteral(network), prefixLength);

    assertThat(block.contains(InetAddress.ofLiteral(address))).isEqualTo(held);
  }

  @ParameterizedTest(name = "{0}/{1} is {2}")
  @CsvSource({
    "10.9.9.9, 8, 10.0.0.0/8",
    "10.9.9.9, 0, 0.0.0.0/0",
    "255.255.255.255, 31, 255.255.255.254/31",
    "10.9.9.9, 32, 10.9.9.9/32",
    "2001:db8::1, 32, 2001:db8:0:0:0:0:0:0/32",
    "2001:db8:ffff::1, 47, 2001:db8:fffe:0:0:0:0:0/47",
    "::1, 128, 0:0:0:0:0:0:0:1/128",
    "::1, 96, 0:0:0:0:0:0:0:0/96",
  })
  void bitsBeyondThePrefixDoNotCount(String network, int prefixLength, String text) {
    AddressBlock block = new AddressBlock(InetAddress.ofLiteral(network), prefixLength);

    assertThat(block).hasToString(text);
    assertThat(block).isEqualTo(new AddressBlock(block.network(), prefixLength));
    assertThat(block.isSingle())
        .isEqualTo(text.endsWith("/32") && !text.contains(":") || prefixLength == 128);
  }

  @Test
  void aMappedAddressStaysIpv6() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[15] = 7;
    AddressBlock block = new AddressBlock(Inet6Address.getByAddress(null, mapped, -1), 100);

    assertThat(block.network()).isInstanceOf(Inet6Address.class);
    assertThat(block.contains(Inet6Address.getByAddress(null, mapped, -1))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.0, -1", "10.0.0.0, 33", "::1, -1", "::1, 129"})
  void prefixesHaveLimits(String network, int prefixLength) {
    assertThatThrownBy(() -> new AddressBlock(InetAddress.ofLiteral(network), prefixLength))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prefixLength: " + prefixLength);
  }

  /**
   * The same by arithmetic on whole numbers, for each prefix and addresses that differ in a bit.
   */
  @Test
  void agreesWithArithmetic() throws UnknownHostException {
    long seed = Long.getLong("sluice.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int length : new int[] {4, 16}) {
      for (int prefix = 0; prefix <= length * Byte.SIZE; prefix++) {
        byte[] network = new byte[length];
        random.nextBytes(network);
        AddressBlock block = new AddressBlock(InetAddress.getByAddress(network), prefix);
        for (int bit = 0; bit < length * Byte.SIZE; bit++) {
          byte[] other = network.clone();
          other[bit / Byte.SIZE] ^= (byte) (0x80 >> bit % Byte.SIZE);
          int shift = length * Byte.SIZE - prefix;
          boolean held =
              new BigInteger(1, network)
                  .shiftRight(shift)
                  .equals(new BigInteger(1, other).shiftRight(shift));
          assertThat(block.contains(InetAddress.getByAddress(other)))
              .as("-Dsluice.seed=%d prefix %d bit %d", seed, prefix, bit)
              .isEqualTo(held);
        }
      }
    }
  }
}
