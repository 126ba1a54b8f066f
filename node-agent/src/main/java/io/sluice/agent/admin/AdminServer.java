package io.sluice.agent.admin;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.agent.view.Addresses;
import io.sluice.agent.view.AgentView;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;

/** Serves the admin pages until it is closed. */
public final class AdminServer implements AutoCloseable {
  /** At once; more wait. */
  static final int THREADS = 2;

  /** Requests that may wait for a thread; more are hung up on. */
  static final int WAITING_MAX = 64;

  private static final int BACKLOG = 64;

  /** Seconds for reading a request or writing an answer: a slow client must not hold a thread. */
  private static final int READ_SECONDS_MAX = 10;

  private static final int WRITE_SECONDS_MAX = 60;
  private static final Logger LOG = Logger.getLogger(AdminServer.class.getName());

  private final HttpServer server;
  private final ExecutorService threads;

  private AdminServer(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Binds and serves. Blocks; not for an event loop.
   *
   * @param address resolved; port 0 lets the kernel choose. Anything but loopback is warned of: the
   *     pages are open to whoever can connect
   * @throws IOException when the address can't be had; the message says which, why and what to do
   */
  public static AdminServer start(
      InetSocketAddress address, AgentView view, PrometheusMeterRegistry registry)
      throws IOException {
    limitTimes();
    HttpServer server = bind(address);
    ExecutorService threads = threads();
    server.setExecutor(threads);
    server.createContext("/", new AdminHandler(new Pages(view, registry)));
    server.start();
    if (!address.getAddress().isLoopbackAddress()) {
      LOG.warning(
          "the admin pages on "
              + Addresses.text(server.getAddress())
              + " show the node's configuration and traffic to whoever can connect (expected: a"
              + " loopback address, or a firewall in front)");
    }
    return new AdminServer(server, threads);
  }

  /** Where it listens, with the port that the kernel chose. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Hangs up on whoever still reads. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static HttpServer bind(InetSocketAddress address) throws IOException {
    try {
      return HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      throw new IOException(
          "admin address "
              + Addresses.text(address)
              + ": "
              + e.getMessage()
              + " (expected: an address of this machine with a free port; maybe another agent runs"
              + " here: see 'sluice status'. Or choose another by --admin HOST:PORT)",
          e);
    }
  }

  private static ExecutorService threads() {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        THREADS,
        THREADS,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(WAITING_MAX),
        work ->
            Thread.ofPlatform()
                .name("sluice-admin-" + number.incrementAndGet())
                .daemon()
                .unstarted(work));
  }

  /** The JDK's server takes its limits from system properties only, and has none unless told. */
  private static void limitTimes() {
    setIfAbsent("sun.net.httpserver.maxReqTime", READ_SECONDS_MAX);
    setIfAbsent("sun.net.httpserver.maxRspTime", WRITE_SECONDS_MAX);
  }

  private static void setIfAbsent(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }
}
