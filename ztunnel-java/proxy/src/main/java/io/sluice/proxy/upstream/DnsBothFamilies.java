package io.sluice.proxy.upstream;

import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A and AAAA of one name, asked of one server at the same time.
 *
 * <p>What the answer for A says, counts; AAAA counts where there is no A. Servers are about that
 * answer AAAA wrongly (NXDOMAIN) or not at all: RFC 4074.
 */
final class DnsBothFamilies {
  /** How long addresses of one family wait for those of the other: RFC 8305, section 3. */
  private static final long OTHER_FAMILY_MILLIS = 50;

  private final DnsClient client;
  private final ResolverConf conf;
  private final InetSocketAddress server;
  private final String name;
  private final Consumer<DnsReply> then;
  private final List<Future<?>> running = new ArrayList<>(4);
  private @Nullable DnsReply ip4;
  private @Nullable DnsReply ip6;
  private boolean ended;

  DnsBothFamilies(
      DnsClient client,
      ResolverConf conf,
      InetSocketAddress server,
      String name,
      Consumer<DnsReply> then) {
    this.client = client;
    this.conf = conf;
    this.server = server;
    this.name = name;
    this.then = then;
  }

  void begin() {
    started(client.loop().schedule(this::late, conf.timeout().toNanos(), TimeUnit.NANOSECONDS));
    started(
        client.query(
            conf,
            server,
            name,
            DnsRecordType.A,
            reply -> {
              ip4 = reply;
              look();
            }));
    if (!ended) {
      started(
          client.query(
              conf,
              server,
              name,
              DnsRecordType.AAAA,
              reply -> {
                ip6 = reply;
                look();
              }));
    }
  }

  /** The receiver is not called any more. */
  void cancel() {
    ended = true;
    running.forEach(each -> each.cancel(false));
  }

  private void started(Future<?> future) {
    running.add(future);
    if (ended) {
      future.cancel(false);
    }
  }

  private void look() {
    DnsReply first = ip4;
    DnsReply second = ip6;
    if (ended || first == null) {
      return;
    }
    switch (first) {
      case DnsReply.Addresses addresses -> {
        if (second == null) {
          Runnable without = () -> end(addresses);
          started(client.loop().schedule(without, OTHER_FAMILY_MILLIS, TimeUnit.MILLISECONDS));
        } else {
          end(joined(addresses, second));
        }
      }
      case DnsReply.NoAddress none -> {
        if (second instanceof DnsReply.NoSuchName) {
          end(none);
        } else if (second != null) {
          end(second);
        }
      }
      case DnsReply.NoSuchName none -> end(none);
      case DnsReply.Failed failed -> end(failed);
    }
  }

  private static DnsReply joined(DnsReply.Addresses ip4, DnsReply second) {
    if (!(second instanceof DnsReply.Addresses ip6)) {
      return ip4;
    }
    List<InetAddress> all = new ArrayList<>(ip4.addresses());
    all.addAll(ip6.addresses());
    return new DnsReply.Addresses(all, Math.min(ip4.ttlSeconds(), ip6.ttlSeconds()));
  }

  private void late() {
    end(
        new DnsReply.Failed(
            DnsResult.TIMEOUT,
            "no answer within "
                + conf.timeout()
                + " from "
                + ResolverConf.shown(server)
                + " (expected: a DNS server that the pod can reach)"));
  }

  private void end(DnsReply reply) {
    if (!ended) {
      cancel();
      then.accept(reply);
    }
  }
}
