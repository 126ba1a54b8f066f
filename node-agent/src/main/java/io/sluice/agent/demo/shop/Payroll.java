package io.sluice.agent.demo.shop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLSocket;

/**
 * The app that is not in the mesh. It calls the outside service once on port 80, where nobody
 * listens, and once on port 443, and tells which port of its own it called from: when the server
 * saw the same one, nobody is in between.
 */
final class Payroll {
  private static final int LIMIT_MILLIS = 10_000;
  private static final int BODY_BYTES_MAX = 64 * 1024;

  private Payroll() {}

  static Page call(Path ca) throws IOException, GeneralSecurityException {
    return Page.empty().with("port-80", port80()).and(port443(ca));
  }

  private static String port80() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(ShopApp.DRIVER_HOST, 80), LIMIT_MILLIS);
      return "accepted";
    } catch (IOException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  private static Page port443(Path ca) throws IOException, GeneralSecurityException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(ShopApp.DRIVER_HOST, ShopApp.TLS_PORT), LIMIT_MILLIS);
      socket.setSoTimeout(LIMIT_MILLIS);
      try (SSLSocket tls =
          (SSLSocket)
              Tls.client(ca)
                  .getSocketFactory()
                  .createSocket(socket, ShopApp.DRIVER_HOST, ShopApp.TLS_PORT, true)) {
        return Page.empty().with("local-port", socket.getLocalPort()).and(ping(tls));
      }
    }
  }

  private static Page ping(Socket tls) throws IOException {
    String request =
        "GET /ping HTTP/1.1\r\nHost: " + ShopApp.DRIVER_HOST + "\r\nConnection: close\r\n\r\n";
    tls.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    String response =
        new String(tls.getInputStream().readNBytes(BODY_BYTES_MAX), StandardCharsets.UTF_8);
    return Page.parse(response);
  }
}
