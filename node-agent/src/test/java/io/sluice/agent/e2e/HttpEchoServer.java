package io.sluice.agent.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code HttpEchoServer PORT}: answers each GET with its path, {@code /accepted} with the number of
 * connections so far. Keeps connections open.
 */
final class HttpEchoServer {

  private HttpEchoServer() {}

  public static void main(String[] args) throws IOException {
    AtomicInteger accepted = new AtomicInteger();
    try (ServerSocket server = new ServerSocket(Integer.parseInt(args[0]), 1024)) {
      System.out.println("listening");
      while (true) {
        Socket client = server.accept();
        accepted.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(client, accepted));
      }
    }
  }

  private static void serve(Socket client, AtomicInteger accepted) {
    try (client) {
      client.setTcpNoDelay(true);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String path = line.split(" ")[1];
        while (!line.isEmpty()) {
          line = in.readLine();
        }
        String body = path.equals("/accepted") ? accepted.toString() : path;
        String answer = "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
        client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      System.err.println(e);
    }
  }
}
