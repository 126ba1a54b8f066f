package io.sluice.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers each request on loopback with 200 and 1 KiB; a virtual thread a connection. */
final class RehearsalBackend implements AutoCloseable {
  private static final int BACKLOG = 64;
  private static final int BODY_BYTES = 1024;
  private static final byte[] ANSWER =
      ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
              + BODY_BYTES
              + "\r\n\r\n"
              + "x".repeat(BODY_BYTES))
          .getBytes(StandardCharsets.ISO_8859_1);

  private final ServerSocket listener;

  private RehearsalBackend(ServerSocket listener) {
    this.listener = listener;
  }

  static RehearsalBackend start() throws IOException {
    RehearsalBackend backend =
        new RehearsalBackend(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().start(backend::accept);
    return backend;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket accepted = listener.accept();
        Thread.ofVirtual().start(() -> answer(accepted));
      }
    } catch (IOException e) {
      // closed
    }
  }

  /** Requests without a body. */
  private static void answer(Socket accepted) {
    try (accepted) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(accepted.getInputStream(), StandardCharsets.ISO_8859_1));
      OutputStream out = accepted.getOutputStream();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isEmpty()) {
          out.write(ANSWER);
        }
      }
    } catch (IOException e) {
      // The proxy has ended it.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
