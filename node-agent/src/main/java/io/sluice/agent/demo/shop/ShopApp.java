package io.sluice.agent.demo.shop;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;

/**
 * One process of the shop: {@code ShopApp ROLE [ARGUMENT...]}. It ends when its standard input
 * does, so that no app outlives the demo that started it.
 */
public final class ShopApp {
  public static final int PORT = 8080;
  public static final int TLS_PORT = 443;

  /** The outside service, as the apps call it. */
  public static final String DRIVER_HOST = "fleetman-driver-monitoring.example.com";

  public static final String STAFF_HOST = "fleetman-staff-service";
  public static final String POSITION_HOST = "fleetman-position-tracker";

  /**
   * How many slow calls make staff-service stand still. A real one has 200: the demo's load is
   * small.
   */
  public static final int STAFF_THREADS = 3;

  private static final int THREADS = 8;
  private static final int DRIVER_THREADS = 64;

  private ShopApp() {}

  /**
   * Roles: webapp, staff-service, position-tracker, driver-monitoring KEYSTORE SECONDS, payroll CA.
   */
  public static void main(String[] args) throws IOException, GeneralSecurityException {
    switch (args.length == 0 ? "" : args[0]) {
      case "webapp" -> WebApp.on(plain(THREADS)).start();
      case "staff-service" -> StaffService.on(plain(STAFF_THREADS)).start();
      case "position-tracker" -> PositionTracker.on(plain(THREADS)).start();
      case "driver-monitoring" ->
          new DriverMonitoring(Duration.ofSeconds(Long.parseLong(args[2])))
              .on(tls(Path.of(args[1])))
              .start();
      case "payroll" -> {
        System.out.print(Payroll.call(Path.of(args[1])).body());
        return;
      }
      default ->
          throw new IllegalArgumentException(
              "role: '"
                  + String.join(" ", args)
                  + "' (expected: webapp, staff-service, position-tracker,"
                  + " driver-monitoring KEYSTORE SECONDS or payroll CA)");
    }
    endWithStandardInput();
  }

  private static ShopServer plain(int threads) throws IOException {
    return new ShopServer(
        HttpServer.create(new InetSocketAddress(PORT), ShopServer.BACKLOG), threads);
  }

  private static ShopServer tls(Path keyStore) throws IOException, GeneralSecurityException {
    HttpsServer server = HttpsServer.create(new InetSocketAddress(TLS_PORT), ShopServer.BACKLOG);
    server.setHttpsConfigurator(new HttpsConfigurator(Tls.server(keyStore)));
    return new ShopServer(server, DRIVER_THREADS);
  }

  private static void endWithStandardInput() throws IOException {
    while (System.in.read() != -1) {
      // Nothing is expected; only the end matters.
    }
    Runtime.getRuntime().halt(0);
  }
}
