package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers that make no sense, or too much of it. */
class DnsReplyTest {
  private static final String ASKED = "n0.";
  private final DefaultDnsResponse response = new DefaultDnsResponse(1);

  @AfterEach
  void release() {
    assertThat(response.release()).isTrue();
  }

  @Test
  void aliasesMayComeInAnyOrderAndTheSmallestTtlCounts() {
    address("n2.", 9, 1);
    alias("n1.", 7, "n2.");
    alias(ASKED, 8, "n1.");
    assertThat(reply())
        .isInstanceOfSatisfying(
            DnsReply.Addresses.class,
            found -> {
              assertThat(found.addresses()).hasSize(1);
              assertThat(found.ttlSeconds()).isEqualTo(7);
            });
  }

  @Test
  void aliasesInACircleEnd() {
    alias(ASKED, 8, "n1.");
    alias("n1.", 8, "n2.");
    alias("n2.", 8, ASKED);
    assertThat(reply()).isInstanceOf(DnsReply.NoAddress.class);
    alias("n9.", 8, "n9.");
    address("n2.", 8, 1);
    assertThat(reply()).isInstanceOf(DnsReply.Addresses.class);
  }

  @Test
  void aChainHasALimit() {
    for (int i = 0; i < DnsReply.ALIASES_MAX; i++) {
      alias("n" + i + ".", 8, "n" + (i + 1) + ".");
    }
    address("n" + DnsReply.ALIASES_MAX + ".", 8, 1);
    assertThat(reply()).isInstanceOf(DnsReply.Addresses.class);

    response.clear(DnsSection.ANSWER);
    for (int i = 0; i <= DnsReply.ALIASES_MAX; i++) {
      alias("n" + i + ".", 8, "n" + (i + 1) + ".");
    }
    address("n" + (DnsReply.ALIASES_MAX + 1) + ".", 8, 1);
    assertThat(reply()).isInstanceOf(DnsReply.NoAddress.class);
  }

  @Test
  void theAddressesOfSomebodyElseAreNotTaken() {
    alias(ASKED, 8, "n1.");
    address("n2.", 8, 1);
    assertThat(reply()).isInstanceOf(DnsReply.NoAddress.class);
  }

  @Test
  void hundredsOfAddressesAreCut() {
    for (int i = 0; i < 500; i++) {
      address(ASKED, 8, i);
    }
    assertThat(((DnsReply.Addresses) reply()).addresses()).hasSize(128);
  }

  private DnsReply reply() {
    return DnsReply.of(response, new DefaultDnsQuestion(ASKED, DnsRecordType.A), "10.0.0.53", 128);
  }

  private void alias(String name, long ttlSeconds, String target) {
    ByteBuf encoded = Unpooled.buffer();
    String label = target.substring(0, target.length() - 1);
    encoded.writeByte(label.length()).writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    add(name, DnsRecordType.CNAME, ttlSeconds, encoded.writeByte(0));
  }

  private void address(String name, long ttlSeconds, int number) {
    byte[] bytes = {10, 0, (byte) (number >> 8), (byte) number};
    add(name, DnsRecordType.A, ttlSeconds, Unpooled.wrappedBuffer(bytes));
  }

  private void add(String name, DnsRecordType type, long ttlSeconds, ByteBuf content) {
    response.addRecord(DnsSection.ANSWER, new DefaultDnsRawRecord(name, type, ttlSeconds, content));
  }
}
