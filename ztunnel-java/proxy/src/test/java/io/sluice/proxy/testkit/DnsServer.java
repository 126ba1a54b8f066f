package io.sluice.proxy.testkit;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuery;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.sluice.proxy.transport.Transport;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A DNS server on loopback, UDP and TCP on one port, that knows what the test tells it. */
public final class DnsServer implements AutoCloseable {
  private record Zone(List<InetAddress> addresses, int ttlSeconds) {}

  private final Loops loops = new Loops(Transport.EPOLL, 1);
  private final Map<String, Zone> zones = new ConcurrentHashMap<>();
  private final Map<String, String> aliases = new ConcurrentHashMap<>();
  private final Map<String, DnsResponseCode> codes = new ConcurrentHashMap<>();
  private final Set<String> silentNames = ConcurrentHashMap.newKeySet();
  private final List<String> questions = new CopyOnWriteArrayList<>();
  private final Set<Integer> sourcePorts = ConcurrentHashMap.newKeySet();
  private static final int TRIES_MAX = 16;

  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger askedByTcp = new AtomicInteger();
  private final Channel udp;
  private final Channel tcp;
  private volatile boolean silent;
  private volatile boolean truncating;
  private volatile boolean forging;

  public DnsServer() {
    this(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
  }

  /** At an address that another one had, say. */
  public DnsServer(InetSocketAddress address) {
    Channel bound = bindUdp(address);
    ChannelFuture listening = bindTcp((InetSocketAddress) bound.localAddress());
    // What is free for UDP need not be free for TCP.
    for (int tries = 1;
        !listening.isSuccess() && address.getPort() == 0 && tries < TRIES_MAX;
        tries++) {
      bound.close().syncUninterruptibly();
      bound = bindUdp(address);
      listening = bindTcp((InetSocketAddress) bound.localAddress());
    }
    udp = bound;
    tcp = listening.syncUninterruptibly().channel();
  }

  private Channel bindUdp(InetSocketAddress address) {
    return new Bootstrap()
        .group(loops.group())
        .channelFactory(Transport.EPOLL::newDatagramChannel)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel ch) {
                ch.pipeline()
                    .addLast(new DatagramDnsQueryDecoder())
                    .addLast(new DatagramDnsResponseEncoder())
                    .addLast(new OverUdp());
              }
            })
        .bind(address)
        .syncUninterruptibly()
        .channel();
  }

  private ChannelFuture bindTcp(InetSocketAddress address) {
    return new ServerBootstrap()
        .group(loops.group())
        .channelFactory(() -> Transport.EPOLL.newServerSocketChannel(address.getAddress()))
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel ch) {
                ch.pipeline()
                    .addLast(new TcpDnsQueryDecoder())
                    .addLast(new TcpDnsResponseEncoder())
                    .addLast(new OverTcp());
              }
            })
        .bind(address)
        .awaitUninterruptibly();
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) udp.localAddress();
  }

  /** The name has these addresses from now on; none: it exists all the same. */
  public void put(String name, int ttlSeconds, String... addresses) {
    zones.put(
        name, new Zone(Stream.of(addresses).map(InetAddress::ofLiteral).toList(), ttlSeconds));
  }

  /** The name is another one for that one from now on. */
  public void alias(String name, String target) {
    aliases.put(name, target);
  }

  /** The name does not exist any more. */
  public void remove(String name) {
    zones.remove(name);
  }

  /** It answers the name so from now on; NOERROR: as it should. */
  public void fail(String name, DnsResponseCode code) {
    codes.put(name, code);
  }

  /** It answers nothing from now on, or answers again. */
  public void silent(boolean shallBe) {
    silent = shallBe;
  }

  /** It does not answer this name; with ":AAAA" behind it only that type. */
  public void silentFor(String name) {
    silentNames.add(name);
  }

  /** Over UDP its answers do not fit from now on. */
  public void truncating() {
    truncating = true;
  }

  /** Each answer comes after forged ones: another number, another question. */
  public void forging() {
    forging = true;
  }

  /** How many questions for IPv4 addresses came. */
  public int asked() {
    return asked.get();
  }

  /** Questions that came over TCP. */
  public int askedByTcp() {
    return askedByTcp.get();
  }

  /** All that came, in order, as {@code name:TYPE}. */
  public List<String> questions() {
    return List.copyOf(questions);
  }

  /** From which UDP ports. */
  public Set<Integer> sourcePorts() {
    return Set.copyOf(sourcePorts);
  }

  @Override
  public void close() {
    tcp.close().syncUninterruptibly();
    udp.close().syncUninterruptibly();
    loops.close();
  }

  private boolean isSilentFor(DnsQuestion question) {
    String name = nameOf(question);
    return silent
        || silentNames.contains(name)
        || silentNames.contains(name + ":" + question.type().name());
  }

  private void count(DnsQuestion question) {
    questions.add(nameOf(question) + ":" + question.type().name());
    if (question.type().equals(DnsRecordType.A)) {
      asked.incrementAndGet();
    }
  }

  private static String nameOf(DnsQuestion question) {
    return question.name().substring(0, question.name().length() - 1);
  }

  private <R extends DnsResponse> R fill(R response, DnsQuestion question) {
    response.addRecord(
        DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
    String name = nameOf(question);
    DnsResponseCode code = codes.getOrDefault(name, DnsResponseCode.NOERROR);
    String target = aliases.get(name);
    Zone zone = zones.get(target == null ? name : target);
    if (!code.equals(DnsResponseCode.NOERROR) || zone == null) {
      response.setCode(zone == null ? DnsResponseCode.NXDOMAIN : code);
      return response;
    }
    if (target != null) {
      response.addRecord(
          DnsSection.ANSWER,
          new DefaultDnsRawRecord(
              question.name(), DnsRecordType.CNAME, zone.ttlSeconds(), encoded(target)));
    }
    for (InetAddress each : zone.addresses()) {
      DnsRecordType type = each instanceof Inet4Address ? DnsRecordType.A : DnsRecordType.AAAA;
      if (type.equals(question.type())) {
        response.addRecord(
            DnsSection.ANSWER,
            new DefaultDnsRawRecord(
                target == null ? question.name() : target + ".",
                type,
                zone.ttlSeconds(),
                Unpooled.wrappedBuffer(each.getAddress())));
      }
    }
    return response;
  }

  private static ByteBuf encoded(String name) {
    ByteBuf out = Unpooled.buffer();
    for (String label : name.split("\\.")) {
      out.writeByte(label.length()).writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    return out.writeByte(0);
  }

  private final class OverUdp extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      count(question);
      sourcePorts.add(query.sender().getPort());
      if (isSilentFor(question)) {
        return;
      }
      if (forging) {
        DatagramDnsResponse otherNumber = response(query, query.id() ^ 1);
        forge(otherNumber, question, question.name());
        ctx.write(otherNumber);
        DatagramDnsResponse otherName = response(query, query.id());
        forge(otherName, question, "other.example.com.");
        ctx.write(otherName);
      }
      DatagramDnsResponse response = response(query, query.id());
      if (truncating) {
        response.addRecord(
            DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
        response.setTruncated(true);
      } else {
        fill(response, question);
      }
      ctx.writeAndFlush(response);
    }

    private DatagramDnsResponse response(DatagramDnsQuery query, int id) {
      return new DatagramDnsResponse(query.recipient(), query.sender(), id);
    }

    private void forge(DatagramDnsResponse response, DnsQuestion question, String name) {
      response.addRecord(DnsSection.QUESTION, new DefaultDnsQuestion(name, question.type()));
      if (question.type().equals(DnsRecordType.A)) {
        response.addRecord(
            DnsSection.ANSWER,
            new DefaultDnsRawRecord(
                name, DnsRecordType.A, 300, Unpooled.wrappedBuffer(new byte[] {127, 6, 6, 6})));
      }
    }
  }

  private final class OverTcp extends SimpleChannelInboundHandler<DefaultDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DefaultDnsQuery query) {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      askedByTcp.incrementAndGet();
      if (!isSilentFor(question)) {
        ctx.writeAndFlush(fill(new DefaultDnsResponse(query.id()), question));
      }
    }
  }
}
