package io.sluice.agent.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A client on a dual-stack socket, as Java's are: {@code JavaClient HOST PORT}. Prints its own
 * address and the answer.
 */
final class JavaClient {

  private JavaClient() {}

  public static void main(String[] args) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(args[0], Integer.parseInt(args[1])), 10_000);
      socket.setSoTimeout(10_000);
      System.out.println("local " + socket.getLocalAddress().getHostAddress());
      socket
          .getOutputStream()
          .write(
              "GET /java HTTP/1.1\r\nhost: shelf\r\nconnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      System.out.println(
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
