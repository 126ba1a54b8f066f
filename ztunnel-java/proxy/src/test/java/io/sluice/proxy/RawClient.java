package io.sluice.proxy;

import io.sluice.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that says and hears bytes. */
final class RawClient implements AutoCloseable {
  private static final int SILENCE_MILLIS_MAX =
      Integer.getInteger("sluice.test.silenceMillis", 20_000);
  private final Socket socket = new Socket();

  RawClient(int port) throws IOException {
    this(port, 0);
  }

  /**
   * @param receiveBytes size of the receive buffer; 0: the kernel's choice
   */
  RawClient(int port, int receiveBytes) throws IOException {
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(SILENCE_MILLIS_MAX);
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
  }

  Socket socket() {
    return socket;
  }

  RawClient say(String text) throws IOException {
    ScriptedServer.write(socket.getOutputStream(), text);
    return this;
  }

  /** Reads one head. */
  String head() throws IOException {
    return ScriptedServer.readHead(socket.getInputStream());
  }

  String bytes(int count) throws IOException {
    return new String(socket.getInputStream().readNBytes(count), StandardCharsets.ISO_8859_1);
  }

  /** Reads a head and the body that its Content-Length announces. */
  String message() throws IOException {
    String head = head();
    return head + bytes(contentLength(head));
  }

  /** Reads to the end of the stream. */
  String rest() throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  static int contentLength(String head) {
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        return Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    return 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
