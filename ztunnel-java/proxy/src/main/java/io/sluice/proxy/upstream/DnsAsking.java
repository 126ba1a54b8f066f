package io.sluice.proxy.upstream;

import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One host asked for: each name that it may mean, of each server in turn, as often as resolv.conf
 * says, within one time limit.
 *
 * <p>A name that does not exist leads to the next name; a server that fails leads to the next
 * server. When all servers fail for one name the next names are not tried: the search list must not
 * give a host another meaning because a server is down.
 */
final class DnsAsking {
  private final DnsClient client;
  private final ResolverConf conf;
  private final String host;
  private final int firstServer;
  private final List<String> names;
  private final Consumer<DnsQuestions.Answer> then;
  private int name;
  private int tries;
  private boolean exists;
  private boolean ended;
  private @Nullable DnsBothFamilies running;
  private @Nullable Future<?> limit;

  DnsAsking(
      DnsClient client,
      ResolverConf conf,
      String host,
      int firstServer,
      Consumer<DnsQuestions.Answer> then) {
    this.client = client;
    this.conf = conf;
    this.host = host;
    this.firstServer = firstServer;
    this.names = conf.candidates(host);
    this.then = then;
  }

  void begin() {
    long askMaxNanos = client.settings().askMax().toNanos();
    limit = client.loop().schedule(this::late, askMaxNanos, TimeUnit.NANOSECONDS);
    next();
  }

  private void next() {
    if (ended) {
      return;
    }
    DnsBothFamilies both =
        new DnsBothFamilies(client, conf, server(), names.get(name), this::replied);
    running = both;
    both.begin();
  }

  private InetSocketAddress server() {
    List<InetSocketAddress> servers = conf.servers();
    return servers.get((firstServer + tries) % servers.size());
  }

  private void replied(DnsReply reply) {
    if (ended) {
      return;
    }
    running = null;
    switch (reply) {
      case DnsReply.Addresses(var addresses, long ttlSeconds) -> {
        heard();
        end(new DnsQuestions.Answer.Found(addresses, ttlSeconds));
      }
      case DnsReply.NoSuchName() -> nextName();
      case DnsReply.NoAddress() -> {
        exists = true;
        nextName();
      }
      case DnsReply.Failed(DnsResult result, String reason) -> {
        tries++;
        if (client.isClosed() || tries >= conf.servers().size() * conf.attempts()) {
          end(new DnsQuestions.Answer.Unanswered(result, reason));
        } else {
          next();
        }
      }
    }
  }

  private void nextName() {
    heard();
    String server = ResolverConf.shown(server());
    name++;
    tries = 0;
    if (name < names.size()) {
      next();
    } else if (exists) {
      end(
          new DnsQuestions.Answer.Absent(
              DnsResult.NO_ADDRESS, "DNS knows no address of it (says " + server + ")"));
    } else {
      end(
          new DnsQuestions.Answer.Absent(
              DnsResult.NO_SUCH_NAME, "DNS knows no such name (says " + server + ")"));
    }
  }

  private void heard() {
    if (tries > 0) {
      client.prefer(server());
    }
  }

  private void late() {
    end(
        new DnsQuestions.Answer.Unanswered(
            DnsResult.TIMEOUT,
            "no answer for "
                + host
                + " within "
                + client.settings().askMax()
                + ", "
                + ResolverConf.shown(server())
                + " was asked last"));
  }

  private void end(DnsQuestions.Answer answer) {
    if (ended) {
      return;
    }
    ended = true;
    Future<?> timer = limit;
    if (timer != null) {
      timer.cancel(false);
    }
    DnsBothFamilies asked = running;
    if (asked != null) {
      asked.cancel();
    }
    if (!client.isClosed()) {
      then.accept(answer);
    }
  }
}
