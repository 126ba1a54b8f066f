package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.tcp.TcpHosts;
import io.sluice.mesh.tcp.TcpRules;
import io.sluice.proxy.detect.Detected;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.testkit.TlsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** TLS goes through as it is; its server name chooses who gets it. */
@ExtendWith(LeakWatch.class)
class TlsPassThroughTest {
  private static final String HOST = "db.example";
  private static final ServiceId ENTRY = new ServiceId(HOST, HOST, "shop");

  private final X509Bundle authority = TlsServer.authority("pass");
  private final X509Bundle certificate =
      TlsServer.certificate(authority, names -> names.addSanDnsName(HOST));

  /** A client on a connection that is there already. */
  private SSLSocket secured(Socket socket, String... serverName) throws IOException {
    try {
      TrustManagerFactory trust = authority.toTrustManagerFactory();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      SSLSocket secure =
          (SSLSocket) context.getSocketFactory().createSocket(socket, null, 443, true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setServerNames(
          List.of(serverName).stream().<SNIServerName>map(SNIHostName::new).toList());
      secure.setSSLParameters(parameters);
      secure.setUseClientMode(true);
      return secure;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("set TLS up", e);
    }
  }

  private static void assertEchoes(SSLSocket client) throws IOException {
    ScriptedServer.write(client.getOutputStream(), "hello");
    assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
  }

  /** Whoever names the host gets to that server, whatever address was dialled. */
  private static void publish(ProxyRig rig, InetSocketAddress dialled, InetSocketAddress server) {
    Cluster listed = Clusters.listed(server);
    Cluster cluster =
        new Cluster(
            new ClusterId(HOST, dialled.getPort(), ""),
            ENTRY,
            listed.discovery(),
            listed.loadBalancer(),
            listed.connectTimeout(),
            listed.tls());
    TcpRules rules =
        new TcpRules(
            HOST,
            TcpRules.Declared.ENTRY,
            List.of(),
            List.of(),
            Optional.of(new ServicePort(ENTRY, dialled.getPort(), AppProtocol.TLS, cluster)),
            Map.of());
    rig.tables.publish(
        new RouteTable(
            rig.tables.current().generation() + 1,
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(dialled.getPort(), TcpHosts.of(Map.of(HOST, rules)))));
  }

  @Test
  void withAndWithoutServerNameItIsEndToEnd() throws IOException {
    try (TlsServer server = TlsServer.echo(certificate);
        ProxyRig rig = new ProxyRig(server.address())) {
      for (String[] names : new String[][] {{}, {"DB.Example"}}) {
        try (RawClient plain = rig.client();
            SSLSocket client = secured(plain.socket(), names)) {
          assertEchoes(client);
        }
      }
      assertThat(rig.telemetry.detected())
          .containsExactly(new Detected.Tls(Optional.empty()), new Detected.Tls(Optional.of(HOST)));
      Eventually.until("both are counted", () -> rig.telemetry.closed().size() == 2);
      assertThat(rig.telemetry.closed()).allMatch(each -> each.edge().service().isEmpty());
    }
  }

  @Test
  void theServerNameChoosesTheServerAndTheMetrics() throws IOException {
    try (TlsServer server = TlsServer.echo(certificate);
        ScriptedServer dialled = ScriptedServer.silent();
        ProxyRig rig = new ProxyRig(dialled.address())) {
      publish(rig, dialled.address(), server.address());
      try (RawClient plain = rig.client();
          SSLSocket client = secured(plain.socket(), HOST)) {
        assertEchoes(client);
      }
      assertThat(server.serverNames()).containsExactly(HOST);
      assertThat(dialled.clients()).isEmpty();
      Eventually.until("it is counted", () -> rig.telemetry.closed().size() == 1);
      assertThat(rig.telemetry.closed().getFirst().edge().service()).contains(ENTRY);
      assertThat(rig.telemetry.closed().getFirst().received()).isGreaterThan(100);
    }
  }

  @Test
  void aServerThatWasOpenedEarlyForASilentClientGivesWayToTheNamedOne() throws IOException {
    List<String> ends = new CopyOnWriteArrayList<>();
    try (TlsServer server = TlsServer.echo(certificate);
        ScriptedServer dialled =
            ScriptedServer.start(connection -> {
              int end = connection.getInputStream().read();
              ends.add(end < 0 ? "end" : "a byte");
            });
        ProxyRig rig = new ProxyRig(dialled.address(), ProxySettings.defaults())) {
      try (RawClient plain = rig.client()) {
        Eventually.until("the dialled one is open", () -> dialled.clients().size() == 1);
        publish(rig, dialled.address(), server.address());
        try (SSLSocket client = secured(plain.socket(), HOST)) {
          assertEchoes(client);
        }
      }
      Eventually.passes(() -> assertThat(ends).containsExactly("end"));
      Eventually.until("it is counted", () -> rig.telemetry.closed().size() == 1);
      assertThat(rig.telemetry.opened()).hasSize(1);
      assertThat(rig.telemetry.closed().getFirst().edge().service()).contains(ENTRY);
    }
  }
}
