package io.sluice.agent.e2e;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A server on a dual-stack socket, as Java's are: {@code JavaServer PORT}. Tells each client whom
 * it sees, then echoes.
 */
final class JavaServer {

  private JavaServer() {}

  public static void main(String[] args) throws IOException {
    try (ServerSocket server = new ServerSocket(Integer.parseInt(args[0]))) {
      System.out.println("listening");
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    }
  }

  private static void serve(Socket client) {
    try (client) {
      String hello = "hello " + client.getInetAddress().getHostAddress() + "\n";
      client.getOutputStream().write(hello.getBytes(StandardCharsets.US_ASCII));
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      System.err.println(e);
    }
  }
}
