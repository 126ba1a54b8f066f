package io.sluice.proxy.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A port that can't be connected to: it refuses, or it never answers. Nobody else can get it
 * meanwhile.
 */
public final class DeadPort implements AutoCloseable {
  private static final int PROBE_MILLIS = 200;
  private static final int BACKLOG_FILLERS_MAX = 64;

  private final InetSocketAddress address;
  private final List<AutoCloseable> held;

  private DeadPort(InetSocketAddress address, List<AutoCloseable> held) {
    this.address = address;
    this.held = held;
  }

  /** Answers each SYN with a reset: bound, but not listening. */
  public static DeadPort refusing() {
    return refusing("127.0.0.1");
  }

  /**
   * @param host a loopback address
   */
  public static DeadPort refusing(String host) {
    try {
      SocketChannel bound = SocketChannel.open();
      bound.bind(new InetSocketAddress(InetAddress.ofLiteral(host), 0));
      return new DeadPort((InetSocketAddress) bound.getLocalAddress(), List.of(bound));
    } catch (IOException e) {
      throw new AssertionError("bind on " + host, e);
    }
  }

  /** Answers nothing: it listens, but its backlog is full, so the kernel drops each SYN. */
  public static DeadPort unanswering() {
    List<AutoCloseable> held = new ArrayList<>();
    try {
      ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
      held.add(listener);
      InetSocketAddress address = (InetSocketAddress) listener.getLocalSocketAddress();
      while (connects(address, held)) {
        if (held.size() > BACKLOG_FILLERS_MAX) {
          throw new AssertionError("a backlog of 1 took " + BACKLOG_FILLERS_MAX + " connections");
        }
      }
      return new DeadPort(address, held);
    } catch (IOException e) {
      throw new AssertionError("fill the backlog", e);
    }
  }

  private static boolean connects(InetSocketAddress address, List<AutoCloseable> held)
      throws IOException {
    Socket filler = new Socket();
    held.add(filler);
    try {
      filler.connect(address, PROBE_MILLIS);
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    for (AutoCloseable each : held) {
      try {
        each.close();
      } catch (Exception e) {
        throw new AssertionError("close " + each, e);
      }
    }
  }
}
