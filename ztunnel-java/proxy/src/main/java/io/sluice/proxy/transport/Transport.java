package io.sluice.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.sluice.mesh.service.TcpOptions.Keepalive;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * Which of the kernel's two ways of waiting for sockets is used. All channels of one event loop
 * must come from the transport that made the loop.
 *
 * <p>A channel's socket is created inside {@code new...Channel}, in the calling thread's network
 * namespace; nothing else happens there.
 */
public enum Transport {
  /** The default. */
  EPOLL {
    @Override
    Optional<Throwable> cause() {
      return Optional.ofNullable(Epoll.unavailabilityCause());
    }

    @Override
    public IoHandlerFactory newIoHandlerFactory() {
      return LastingEpollHandler.newFactory();
    }

    @Override
    public SocketChannel newSocketChannel(InetAddress peer) {
      return new EpollSocketChannel(familyOf(peer));
    }

    @Override
    public ServerSocketChannel newServerSocketChannel(InetAddress local) {
      return new EpollServerSocketChannel(familyOf(local));
    }

    @Override
    public DatagramChannel newDatagramChannel() {
      return new EpollDatagramChannel();
    }
  },

  /** Fewer system calls under load; forbidden on many machines by seccomp or sysctl. */
  IO_URING {
    @Override
    Optional<Throwable> cause() {
      return Optional.ofNullable(IoUring.unavailabilityCause());
    }

    @Override
    public IoHandlerFactory newIoHandlerFactory() {
      return IoUringIoHandler.newFactory();
    }

    @Override
    public SocketChannel newSocketChannel(InetAddress peer) {
      return new IoUringSocketChannel();
    }

    @Override
    public ServerSocketChannel newServerSocketChannel(InetAddress local) {
      return new IoUringServerSocketChannel();
    }

    @Override
    public DatagramChannel newDatagramChannel() {
      return new IoUringDatagramChannel();
    }
  };

  private static final int SOL_SOCKET = 1;
  private static final int SO_KEEPALIVE = 9;
  private static final int SOL_TCP = 6;
  private static final int TCP_KEEPIDLE = 4;
  private static final int TCP_KEEPINTVL = 5;
  private static final int TCP_KEEPCNT = 6;
  private static final int SOL_IP = 0;
  private static final int IP_BIND_ADDRESS_NO_PORT = 24;
  private static final int TCP_CLOSE = 7; // <netinet/tcp.h>

  /** The kernel takes no more for TCP_KEEPIDLE and TCP_KEEPINTVL. */
  private static final long KEEPALIVE_SECONDS_MAX = 32_767;

  /**
   * {@code IP_BIND_ADDRESS_NO_PORT} for both transports (ip(7)): the port of a socket bound to port
   * 0 is chosen at connect, where it must be free for one destination only. Netty has it for epoll
   * alone; the level SOL_IP is right for IPv6 sockets too.
   */
  public static final ChannelOption<Integer> BIND_ADDRESS_NO_PORT =
      new IntegerUnixChannelOption("SLUICE_BIND_ADDRESS_NO_PORT", SOL_IP, IP_BIND_ADDRESS_NO_PORT);

  // Not Netty's, which differ between the transports and are not there for listeners.
  public static final ChannelOption<Integer> KEEPALIVE =
      new IntegerUnixChannelOption("SLUICE_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE);

  public static final ChannelOption<Integer> KEEPALIVE_TIME_SECONDS =
      new IntegerUnixChannelOption("SLUICE_KEEPIDLE", SOL_TCP, TCP_KEEPIDLE);
  public static final ChannelOption<Integer> KEEPALIVE_INTERVAL_SECONDS =
      new IntegerUnixChannelOption("SLUICE_KEEPINTVL", SOL_TCP, TCP_KEEPINTVL);
  public static final ChannelOption<Integer> KEEPALIVE_PROBES =
      new IntegerUnixChannelOption("SLUICE_KEEPCNT", SOL_TCP, TCP_KEEPCNT);

  abstract Optional<Throwable> cause();

  /** For {@code MultiThreadIoEventLoopGroup}. */
  public abstract IoHandlerFactory newIoHandlerFactory();

  /**
   * Creates a TCP socket.
   *
   * @param peer what will be dialled; the socket is of its family where the transport lets one
   *     choose (io_uring makes IPv6 sockets and uses v4-mapped addresses)
   */
  public abstract SocketChannel newSocketChannel(InetAddress peer);

  /**
   * Creates a TCP socket for a listener.
   *
   * @param local what it will be bound to
   */
  public abstract ServerSocketChannel newServerSocketChannel(InetAddress local);

  /** Creates a UDP socket, for both families where the kernel has both. */
  public abstract DatagramChannel newDatagramChannel();

  /** Why it can't be used on this machine, in one line with the likely cure; empty: it can. */
  public Optional<String> unavailable() {
    return cause().map(this::explain);
  }

  String explain(Throwable cause) {
    String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return switch (this) {
      case EPOLL ->
          "epoll can't be used: "
              + why
              + " (expected: Linux and Netty's native library for this architecture on the class path)";
      case IO_URING ->
          "io_uring can't be used: "
              + why
              + " (expected: kernel 5.9 or newer, sysctl kernel.io_uring_disabled=0, a seccomp profile"
              + " that allows io_uring_setup, and enough locked memory (ulimit -l); epoll works without)";
    };
  }

  /** The socket's file descriptor; it belongs to the channel and is valid until that is closed. */
  public static int fd(Channel channel) {
    return ((UnixChannel) channel).fd().intValue();
  }

  /**
   * Lets the kernel probe a silent peer, and give the connection up when it does not answer. Four
   * system calls, so a listener gets it once: what it accepts inherits it.
   *
   * @param channel a TCP socket, or a listener
   */
  public static void keepAlive(Channel channel, Keepalive probes) {
    ChannelConfig config = channel.config();
    config.setOption(KEEPALIVE_TIME_SECONDS, seconds(probes.time()));
    config.setOption(KEEPALIVE_INTERVAL_SECONDS, seconds(probes.interval()));
    config.setOption(KEEPALIVE_PROBES, probes.probes());
    // Last: switching it on starts the clock.
    config.setOption(KEEPALIVE, 1);
  }

  private static int seconds(Duration duration) {
    return (int) Math.min(duration.toSeconds(), KEEPALIVE_SECONDS_MAX);
  }

  /**
   * Closes so that the peer sees a reset: nothing that is still to be written is sent, and nothing
   * (TLS close_notify either) holds the socket back. Does nothing when it is closed. Event loop
   * only.
   */
  public static void reset(Channel channel) {
    if (!channel.isOpen()) {
      return;
    }
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    // From the head of the pipeline: no handler sees the close as a wish that it could delay.
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first == null) {
      channel.close();
    } else {
      first.close();
    }
  }

  /**
   * Whether the kernel has given up the connection although the channel is still open: after a
   * reset that nobody read. Netty does not tell of a reset that follows the end of input. One
   * system call.
   */
  public static boolean isDead(SocketChannel channel) {
    return channel.isOpen() && tcpState(channel) == TCP_CLOSE;
  }

  private static int tcpState(SocketChannel channel) {
    return switch (channel) {
      case EpollSocketChannel epoll -> epoll.tcpInfo().state();
      case IoUringSocketChannel ioUring -> ioUring.tcpInfo().state();
      default ->
          throw new IllegalArgumentException(
              "channel: " + channel + " (expected: one made by a Transport)");
    };
  }

  private static SocketProtocolFamily familyOf(InetAddress address) {
    return address instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
  }
}
