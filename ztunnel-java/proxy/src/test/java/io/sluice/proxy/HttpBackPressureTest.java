package io.sluice.proxy;

import static io.sluice.proxy.ProxyRig.GET;
import static io.sluice.proxy.ProxyRig.OK;
import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A side that reads slowly, or not at all, holds the other back, and nothing is lost by it. */
@ExtendWith(LeakWatch.class)
class HttpBackPressureTest {
  /** Waits until a sender's count has not changed for many looks in a row. */
  private static void untilStill(String what, AtomicInteger sent) {
    AtomicInteger seen = new AtomicInteger(-1);
    AtomicInteger still = new AtomicInteger();
    Eventually.until(
        what,
        () -> {
          int now = sent.get();
          still.set(seen.getAndSet(now) == now ? still.get() + 1 : 0);
          return still.get() > 150;
        });
  }

  @Test
  void aClientThatDoesNotReadHoldsTheServerBack() throws IOException {
    AtomicInteger sentMebibytes = new AtomicInteger();
    byte[] mebibyte = new byte[1 << 20];
    int total = 512;
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              write(
                  connection.getOutputStream(),
                  "HTTP/1.1 200 OK\r\nContent-Length: " + ((long) total << 20) + "\r\n\r\n");
              for (int i = 0; i < total; i++) {
                connection.getOutputStream().write(mebibyte);
                sentMebibytes.incrementAndGet();
              }
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = new RawClient(rig.port(), 64 * 1024)) {
      client.say(GET).head();
      untilStill("the server is held back", sentMebibytes);
      // Kernel buffers of two connections, and one read of ours.
      assertThat(sentMebibytes.get()).isLessThan(64);
      long left = (long) total << 20;
      InputStream in = client.socket().getInputStream();
      byte[] buffer = new byte[1 << 16];
      while (left > 0) {
        left -= in.read(buffer, 0, (int) Math.min(buffer.length, left));
      }
      assertThat(rig.finished(1).getFirst().responseBytes()).isEqualTo((long) total << 20);
    }
  }

  @Test
  void aServerThatDoesNotReadHoldsTheClientBack() throws Exception {
    CompletableFuture<Void> go = new CompletableFuture<>();
    long total = 256L << 20;
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              go.orTimeout(20, TimeUnit.SECONDS).join();
              connection.getInputStream().skipNBytes(total);
              write(connection.getOutputStream(), OK);
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + total + "\r\n\r\n");
      AtomicInteger sentMebibytes = new AtomicInteger();
      byte[] mebibyte = new byte[1 << 20];
      Thread speaker =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (long sent = 0; sent < total; sent += mebibyte.length) {
                    client.socket().getOutputStream().write(mebibyte);
                    sentMebibytes.incrementAndGet();
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      untilStill("the client is held back", sentMebibytes);
      assertThat(sentMebibytes.get()).isLessThan(64);
      go.complete(null);
      assertThat(client.message()).isEqualTo(OK);
      speaker.join();
      assertThat(rig.finished(1).getFirst().requestBytes()).isEqualTo(total);
    }
  }

  @Test
  void aLateClientStillGetsAllOfAResponseWhoseServerHasClosed() throws IOException {
    String body = "x".repeat(3 << 20);
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              write(connection.getOutputStream(), "HTTP/1.1 200 OK\r\n\r\n" + body);
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = new RawClient(rig.port(), 16 * 1024)) {
      client.say("GET / HTTP/1.0\r\n\r\n");
      Eventually.until(
          "the server has closed", () -> server.clients().size() == 1 && server.open() == 0);
      assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
      assertThat(client.rest()).hasSize(body.length());
    }
  }
}
