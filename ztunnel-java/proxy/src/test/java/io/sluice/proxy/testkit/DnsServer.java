package io.sluice.proxy.testkit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.sluice.proxy.transport.Transport;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A DNS server on loopback that knows what the test tells it. */
public final class DnsServer implements AutoCloseable {
  private record Zone(List<InetAddress> addresses, int ttlSeconds) {}

  private final Loops loops = new Loops(Transport.EPOLL, 1);
  private final Map<String, Zone> zones = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final Channel channel;
  private volatile boolean silent;

  public DnsServer() {
    channel =
        new Bootstrap()
            .group(loops.group())
            .channelFactory(Transport.EPOLL::newDatagramChannel)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel ch) {
                    ch.pipeline()
                        .addLast(new DatagramDnsQueryDecoder())
                        .addLast(new DatagramDnsResponseEncoder())
                        .addLast(new Answerer());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
            .syncUninterruptibly()
            .channel();
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** The name has these addresses from now on. */
  public void put(String name, int ttlSeconds, String... addresses) {
    zones.put(
        name, new Zone(Stream.of(addresses).map(InetAddress::ofLiteral).toList(), ttlSeconds));
  }

  /** The name does not exist any more. */
  public void remove(String name) {
    zones.remove(name);
  }

  /** It answers nothing from now on, or answers again. */
  public void silent(boolean shallBe) {
    silent = shallBe;
  }

  /** How many questions for IPv4 addresses came. */
  public int asked() {
    return asked.get();
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    loops.close();
  }

  private final class Answerer extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      if (question.type().equals(DnsRecordType.A)) {
        asked.incrementAndGet();
      }
      if (!silent) {
        ctx.writeAndFlush(answer(query, question));
      }
    }

    private DatagramDnsResponse answer(DatagramDnsQuery query, DnsQuestion question) {
      DatagramDnsResponse response =
          new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
      response.addRecord(
          DnsSection.QUESTION,
          new io.netty.handler.codec.dns.DefaultDnsQuestion(question.name(), question.type()));
      String name = question.name().substring(0, question.name().length() - 1);
      Zone zone = zones.get(name);
      if (zone == null) {
        response.setCode(DnsResponseCode.NXDOMAIN);
        return response;
      }
      for (InetAddress each : zone.addresses()) {
        DnsRecordType type = each instanceof Inet4Address ? DnsRecordType.A : DnsRecordType.AAAA;
        if (type.equals(question.type())) {
          response.addRecord(
              DnsSection.ANSWER,
              new DefaultDnsRawRecord(
                  question.name(),
                  type,
                  zone.ttlSeconds(),
                  Unpooled.wrappedBuffer(each.getAddress())));
        }
      }
      return response;
    }
  }
}
