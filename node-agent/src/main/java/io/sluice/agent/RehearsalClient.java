package io.sluice.agent;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Sends requests to loopback; a thread a connection. */
final class RehearsalClient {
  private static final int CONNECTIONS = 8;
  private static final int REQUESTS_PER_CONNECTION = 1000;
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final List<String> PATHS = List.of("/", "/wide/open?by=day", "/elsewhere");

  private RehearsalClient() {}

  /** On several connections at a time, some of which are new; returns how many were answered. */
  static long sendFor(Duration time, int port, String host) throws IOException {
    long end = System.nanoTime() + time.toNanos();
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<Long>> clients = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        clients.add(threads.submit(() -> sendUntil(end, port, host)));
      }
      long sum = 0;
      for (Future<Long> client : clients) {
        sum += client.get();
      }
      return sum;
    } catch (ExecutionException e) {
      throw new IOException("a client of the rehearsal: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static long sendUntil(long end, int port, String host) throws IOException {
    long sent = 0;
    while (System.nanoTime() - end < 0) {
      try (Socket socket = connect(port)) {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        for (int i = 0; i < REQUESTS_PER_CONNECTION && System.nanoTime() - end < 0; i++) {
          send(socket, PATHS.get(i % PATHS.size()), host);
          skipAnswer(in);
          sent++;
        }
      }
    }
    return sent;
  }

  /** One request on a connection of its own; what is answered is read and forgotten. */
  static void get(int port, String path) {
    try (Socket socket = connect(port)) {
      send(socket, path, "localhost\r\nConnection: close");
      socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": " + e.getMessage(), e);
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static void send(Socket socket, String path, String host) throws IOException {
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nUser-Agent: rehearsal\r\nAccept: */*\r\nX-User: somebody\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void skipAnswer(InputStream in) throws IOException {
    String status = line(in);
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException("answered '" + status + "' (expected: HTTP/1.1 200)");
    }
    long body = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        body = Long.parseLong(line.substring(15).strip());
      }
    }
    in.skipNBytes(body);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the proxy hung up");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
