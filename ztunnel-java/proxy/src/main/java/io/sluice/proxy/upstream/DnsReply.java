package io.sluice.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What one server answered to one question for addresses of one family. */
sealed interface DnsReply {
  /** Longer chains of aliases are no answer. */
  int ALIASES_MAX = 16;

  /**
   * @param addresses at least one
   * @param ttlSeconds the smallest on the way
   */
  record Addresses(List<InetAddress> addresses, long ttlSeconds) implements DnsReply {}

  /** NXDOMAIN: the name has no record of any type. */
  record NoSuchName() implements DnsReply {}

  /** The name exists without an address of this family. */
  record NoAddress() implements DnsReply {}

  /** Nothing was learned: another server may know. */
  record Failed(DnsResult result, String reason) implements DnsReply {}

  /**
   * Reads a response; it stays the caller's.
   *
   * @param server who answered, as people name it
   * @param addressesMax further addresses are left out
   */
  static DnsReply of(DnsResponse response, DnsQuestion question, String server, int addressesMax) {
    DnsResponseCode code = response.code();
    if (code.equals(DnsResponseCode.NXDOMAIN)) {
      return new NoSuchName();
    }
    if (!code.equals(DnsResponseCode.NOERROR)) {
      DnsResult result =
          code.equals(DnsResponseCode.REFUSED) ? DnsResult.REFUSED : DnsResult.SERVER_FAILURE;
      return new Failed(result, server + " answered " + code);
    }
    Set<InetAddress> found = new LinkedHashSet<>();
    long ttl = addresses(response, question, found, addressesMax);
    if (!found.isEmpty()) {
      return new Addresses(List.copyOf(found), ttl);
    }
    return response.isTruncated()
        ? new Failed(
            DnsResult.SERVER_FAILURE,
            server + " has an answer that is too long for UDP, and gives none over TCP")
        : new NoAddress();
  }

  private static long addresses(
      DnsResponse response, DnsQuestion question, Set<InetAddress> found, int addressesMax) {
    Set<String> names = new HashSet<>();
    long ttl = aliases(response, question.name().toLowerCase(Locale.ROOT), names);
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      DnsRecord each = response.recordAt(DnsSection.ANSWER, i);
      if (each.type().equals(question.type())
          && each instanceof DnsRawRecord raw
          && names.contains(each.name().toLowerCase(Locale.ROOT))
          && found.size() < addressesMax
          && add(raw.content(), question.type(), found)) {
        ttl = Math.min(ttl, each.timeToLive());
      }
    }
    return ttl;
  }

  private static boolean add(ByteBuf content, DnsRecordType type, Set<InetAddress> found) {
    int expected = type.equals(DnsRecordType.A) ? 4 : 16;
    if (content.readableBytes() != expected) {
      return false;
    }
    try {
      found.add(InetAddress.getByAddress(ByteBufUtil.getBytes(content)));
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * Notes the name and what it is an alias of, step by step. Reads each record once: a pod chooses
   * its server, and a loop waits.
   *
   * @return the smallest TTL on the way
   */
  private static long aliases(DnsResponse response, String asked, Set<String> names) {
    Map<String, DnsRawRecord> aliases = new HashMap<>();
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      DnsRecord each = response.recordAt(DnsSection.ANSWER, i);
      if (each.type().equals(DnsRecordType.CNAME) && each instanceof DnsRawRecord raw) {
        aliases.putIfAbsent(each.name().toLowerCase(Locale.ROOT), raw);
      }
    }
    names.add(asked);
    long ttl = Long.MAX_VALUE;
    DnsRawRecord next = aliases.get(asked);
    for (int hop = 0; hop < ALIASES_MAX && next != null; hop++) {
      String target = target(next);
      ttl = Math.min(ttl, next.timeToLive());
      next = names.add(target) ? aliases.get(target) : null;
    }
    return ttl;
  }

  private static String target(DnsRawRecord alias) {
    return DefaultDnsRecordDecoder.decodeName(alias.content().duplicate()).toLowerCase(Locale.ROOT);
  }
}
