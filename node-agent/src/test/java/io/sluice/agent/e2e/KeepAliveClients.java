package io.sluice.agent.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code KeepAliveClients HOST PORT COUNT FILE}: so many connections, each with one request after
 * the other until {@code end} comes on standard input. {@code await STATUS} asks for {@code /probe}
 * until it is answered so, {@code get PATH} asks once. Answers are appended to FILE, a line each.
 */
final class KeepAliveClients {

  private static final long AWAIT_SECONDS_MAX = 15;
  private static final int FAILURES_KEPT_MAX = 20;

  private final InetSocketAddress server;
  private final Path out;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong slowestNanos = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;

  private KeepAliveClients(InetSocketAddress server, Path out) {
    this.server = server;
    this.out = out;
  }

  private record Answer(int status, String body) {}

  public static void main(String[] args) throws IOException, InterruptedException {
    KeepAliveClients clients =
        new KeepAliveClients(
            new InetSocketAddress(args[0], Integer.parseInt(args[1])), Path.of(args[3]));
    List<Thread> threads = new ArrayList<>();
    for (int each = 0; each < Integer.parseInt(args[2]); each++) {
      String path = "/books/" + each + "-";
      threads.add(Thread.ofVirtual().start(() -> clients.send(path)));
    }
    System.out.println("listening");
    clients.obey();
    clients.ended = true;
    for (Thread thread : threads) {
      thread.join();
    }
    clients.tell(
        "requests %d failed %d slowest %d ms %s"
            .formatted(
                clients.requests.get(),
                clients.failed.get(),
                TimeUnit.NANOSECONDS.toMillis(clients.slowestNanos.get()),
                clients.failures));
  }

  private void obey() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    try (Connection connection = new Connection()) {
      for (String line = in.readLine(); line != null && !line.equals("end"); line = in.readLine()) {
        String[] words = line.split(" ");
        if (words[0].equals("get")) {
          tell(connection.get(words[1]).body());
        } else {
          tell(await(connection, Integer.parseInt(words[1])));
        }
      }
    }
  }

  private static String await(Connection connection, int status) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AWAIT_SECONDS_MAX);
    int last;
    do {
      last = connection.get("/probe").status();
    } while (last != status && System.nanoTime() < end);
    return Integer.toString(last);
  }

  private void send(String path) {
    for (int number = 0; !ended; ) {
      try (Connection connection = new Connection()) {
        for (; !ended; number++) {
          check(connection, path + number);
          Thread.sleep(20);
        }
      } catch (IOException e) {
        failed("connection: " + e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void check(Connection connection, String path) throws IOException {
    long start = System.nanoTime();
    Answer answer = connection.get(path);
    slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
    requests.incrementAndGet();
    if (answer.status() != 200 || !answer.body().equals(path)) {
      failed(path + ": " + answer);
    }
  }

  private void failed(String why) {
    if (failed.incrementAndGet() <= FAILURES_KEPT_MAX) {
      failures.add(why);
    }
  }

  private void tell(String line) {
    try {
      Files.writeString(out, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Connection implements AutoCloseable {
    private final Socket socket = new Socket();
    private final BufferedReader in;

    Connection() throws IOException {
      socket.connect(server, 10_000);
      socket.setSoTimeout(10_000);
      socket.setTcpNoDelay(true);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    Answer get(String path) throws IOException {
      String request = "GET " + path + " HTTP/1.1\r\nhost: shelf\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      int status = Integer.parseInt(line().split(" ")[1]);
      int length = 0;
      for (String line = line(); !line.isEmpty(); line = line()) {
        if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring(15).strip());
        }
      }
      char[] body = new char[length];
      for (int have = 0; have < length; ) {
        int read = in.read(body, have, length - have);
        if (read < 0) {
          throw new IOException("the connection ended within a body");
        }
        have += read;
      }
      return new Answer(status, new String(body));
    }

    private String line() throws IOException {
      String line = in.readLine();
      if (line == null) {
        throw new IOException("the connection ended");
      }
      return line;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
