package io.sluice.proxy.testkit;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.proxy.transport.Transport;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Event loops that end with the test. */
public final class Loops implements AutoCloseable {
  private final Transport transport;
  private final EventLoopGroup group;

  public Loops(Transport transport, int loops) {
    Need.transport(transport);
    this.transport = transport;
    this.group =
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory("test-io", true), transport.newIoHandlerFactory());
  }

  public Transport transport() {
    return transport;
  }

  public EventLoopGroup group() {
    return group;
  }

  public EventLoop next() {
    return group.next();
  }

  /** Runs it on the loop and gives its result; an exception fails the test. */
  public static <T> T on(EventLoop loop, Callable<T> body) {
    try {
      return loop.submit(body).get(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("on " + loop + ": " + e, e);
    }
  }

  /** Runs it on the loop; an exception fails the test. */
  public static void run(EventLoop loop, Runnable body) {
    Loops.<Boolean>on(
        loop,
        () -> {
          body.run();
          return true;
        });
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }
}
