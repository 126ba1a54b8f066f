package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.pkitesting.X509Bundle;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.testkit.TlsServer;
import io.sluice.proxy.transport.Transport;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS is verified, and what is wrong with it is said. */
@ExtendWith(LeakWatch.class)
class TlsTest {
  private static final X509Bundle AUTHORITY = TlsServer.authority("Test Authority");
  private static final X509Bundle GOOD =
      TlsServer.certificate(AUTHORITY, names -> names.addSanDnsName(Clusters.HOST));

  @TempDir private Path directory;
  private UpstreamBench bench;
  private String roots;

  @BeforeEach
  void open() {
    bench = new UpstreamBench(Transport.EPOLL, this::checkingFilesOften);
    roots = TlsServer.pem(AUTHORITY, directory);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest
  @EnumSource
  void aVerifiedConnectionCarriesBytesAndIsPooled(Transport transport) {
    try (UpstreamBench own = new UpstreamBench(transport);
        TlsServer server = TlsServer.echo(GOOD)) {
      Cluster cluster = cluster(server.address(), verified());
      UpstreamConnection connection = own.http(cluster);
      assertThat(Borrower.exchange(connection, "secret")).isEqualTo("secret");
      own.release(connection);
      UpstreamConnection again = own.http(cluster);
      assertThat(again.channel()).isSameAs(connection.channel());
      assertThat(Borrower.exchange(again, "more")).isEqualTo("more");
      Eventually.passes(() -> assertThat(server.serverNames()).containsExactly(Clusters.HOST));
      Eventually.passes(() -> assertThat(server.protocols()).containsExactly("http/1.1"));
    }
  }

  @Test
  void boringSslIsUsed() {
    try (TlsServer server = TlsServer.echo(GOOD)) {
      UpstreamConnection connection = bench.http(cluster(server.address(), verified()));
      assertThat(OpenSsl.versionString()).contains("BoringSSL");
      assertThat(connection.channel().pipeline().get(SslHandler.class).engine())
          .isInstanceOf(OpenSslEngine.class);
    }
  }

  @Test
  void opaqueBytesOfferNoProtocol() {
    try (TlsServer server = TlsServer.echo(GOOD)) {
      bench.tcp(cluster(server.address(), verified()));
      Eventually.passes(() -> assertThat(server.protocols()).containsExactly(""));
    }
  }

  @Test
  void anIdleConnectionThatSaysItClosesIsForgotten() {
    try (TlsServer server = TlsServer.echo(GOOD)) {
      UpstreamConnection connection = bench.http(cluster(server.address(), verified()));
      Borrower.exchange(connection, "x");
      bench.release(connection);
      server.closeConnections();
      Eventually.until("the pool is empty", () -> bench.resting() == 0);
    }
  }

  @Test
  void theServerNameMayBeAnother() {
    X509Bundle certificate =
        TlsServer.certificate(AUTHORITY, names -> names.addSanDnsName("api.example.com"));
    try (TlsServer server = TlsServer.echo(certificate)) {
      UpstreamTls tls = new UpstreamTls("api.example.com", List.of(), Optional.of(roots), false);
      bench.http(cluster(server.address(), tls));
      Eventually.passes(() -> assertThat(server.serverNames()).containsExactly("api.example.com"));
    }
  }

  @Test
  void namesGivenAreAcceptedInsteadOfTheServerName() {
    X509Bundle certificate =
        TlsServer.certificate(AUTHORITY, names -> names.addSanDnsName("api.example.com"));
    try (TlsServer server = TlsServer.echo(certificate)) {
      bench.http(cluster(server.address(), named("other.test", "api.example.com")));
      assertThat(reason(cluster(server.address(), named("a.b.example.com"))))
          .contains("not for a.b.example.com but for api.example.com");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a.example.com, a.example.com, true",
    "A.Example.com, a.eXample.com, true",
    "*.example.com, a.example.com, true",
    "*.example.com, a.b.example.com, false",
    "*.example.com, example.com, false",
    "*.example.com, .example.com, false",
    "a*.example.com, ab.example.com, false",
    "*, a, false",
    "spiffe://td/ns/a/sa/b, spiffe://td/ns/a/sa/b, true"
  })
  void aWildcardInACertificateStandsForOneLabel(String carried, String wanted, boolean covers) {
    assertThat(ServerVerifier.covers(carried, wanted)).isEqualTo(covers);
  }

  @Test
  void anExpiredCertificateIsRejected() {
    X509Bundle certificate =
        TlsServer.certificate(
            AUTHORITY,
            names ->
                names
                    .addSanDnsName(Clusters.HOST)
                    .notBefore(Instant.parse("2020-01-01T00:00:00Z"))
                    .notAfter(Instant.parse("2021-01-01T00:00:00Z")));
    try (TlsServer server = TlsServer.echo(certificate)) {
      assertThat(reason(cluster(server.address(), verified())))
          .contains("CN=server expired at 2021-01-01T00:00:00Z");
    }
  }

  @Test
  void aCertificateForAnotherNameIsRejectedAndItsNamesAreSaid() {
    X509Bundle certificate =
        TlsServer.certificate(
            AUTHORITY,
            names -> names.addSanDnsName("a.example.com").addSanDnsName("b.example.com"));
    try (TlsServer server = TlsServer.echo(certificate)) {
      assertThat(reason(cluster(server.address(), verified())))
          .contains("not for " + Clusters.HOST + " but for a.example.com, b.example.com");
    }
  }

  @Test
  void anUnknownAuthorityIsRejected() {
    X509Bundle stranger = TlsServer.authority("Stranger");
    X509Bundle certificate =
        TlsServer.certificate(stranger, names -> names.addSanDnsName(Clusters.HOST));
    try (TlsServer server = TlsServer.echo(certificate)) {
      assertThat(reason(cluster(server.address(), verified())))
          .contains("unknown authority, CN=Stranger", roots);
    }
  }

  @Test
  void theSystemsRootsDoNotKnowATestAuthority() {
    try (TlsServer server = TlsServer.echo(GOOD)) {
      UpstreamTls tls = new UpstreamTls("", List.of(), Optional.empty(), false);
      assertThat(reason(cluster(server.address(), tls))).contains("unknown authority");
    }
  }

  @Test
  void verificationCanBeSwitchedOff() {
    X509Bundle certificate = TlsServer.certificate(TlsServer.authority("Stranger"), names -> names);
    try (TlsServer server = TlsServer.echo(certificate)) {
      UpstreamTls tls = new UpstreamTls("", List.of(), Optional.empty(), true);
      assertThat(Borrower.exchange(bench.http(cluster(server.address(), tls)), "x")).isEqualTo("x");
    }
  }

  @Test
  void aServerInTheClearIsRecognised() {
    try (ScriptedServer server =
        ScriptedServer.start(connection -> {
          ScriptedServer.write(connection.getOutputStream(), "HTTP/1.1 400 Bad Request\r\n\r\n");
          connection.getInputStream().readAllBytes();
        })) {
      assertThat(reason(cluster(server.address(), verified()))).contains("does not speak TLS");
    }
  }

  @Test
  void aServerThatClosesOrStaysSilentIsRecognised() {
    try (ScriptedServer closing = ScriptedServer.start(c -> c.getInputStream().read());
        ScriptedServer silent = ScriptedServer.silent()) {
      assertThat(reason(cluster(closing.address(), verified()))).contains("during the handshake");
      Cluster cluster =
          Clusters.with(cluster(silent.address(), verified()), Duration.ofMillis(200));
      assertThat(reason(cluster)).contains("did not end within PT0.2S");
    }
  }

  @Test
  void aMissingFileIsSaidAndSeenOnceItIsThere() throws Exception {
    Path file = directory.resolve("later.pem");
    UpstreamTls tls = new UpstreamTls("", List.of(), Optional.of(file.toString()), false);
    try (TlsServer server = TlsServer.echo(GOOD)) {
      Cluster cluster = cluster(server.address(), tls);
      assertThat(reason(cluster)).contains(file.toString(), "there is none");
      Files.writeString(file, "no certificate");
      assertThat(reason(cluster)).contains(file.toString(), "expected: a readable PEM file");
      Files.copy(Path.of(roots), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      bench.discard(bench.http(cluster));
    }
  }

  @Test
  void aChangedFileIsReadAgain() throws Exception {
    Path file = directory.resolve("changing.pem");
    Files.copy(Path.of(roots), file);
    UpstreamTls tls = new UpstreamTls("", List.of(), Optional.of(file.toString()), false);
    try (TlsServer server = TlsServer.echo(GOOD)) {
      Cluster cluster = cluster(server.address(), tls);
      bench.discard(bench.http(cluster));
      Files.writeString(file, TlsServer.authority("Somebody else").getRootCertificatePEM());
      Eventually.until(
          "the old authority is not known any more",
          () -> {
            Acquired acquired = bench.acquire(new UpstreamTarget(cluster, bench.outbound(), true));
            if (acquired instanceof Acquired.Ready(UpstreamConnection connection)) {
              bench.discard(connection);
            }
            return acquired instanceof Acquired.Failed;
          });
    }
  }

  @Test
  void aWildcardHostNeedsAServerName() {
    Cluster plain = Clusters.listed(UpstreamBench.SOMEWHERE);
    Cluster wildcard =
        new Cluster(
            new io.sluice.mesh.service.ClusterId("*.example.com", 443, ""),
            plain.service(),
            plain.discovery(),
            plain.loadBalancer(),
            plain.connectTimeout(),
            Optional.of(verified()));
    assertThat(reason(wildcard)).contains("*.example.com", "tls.sni");
  }

  private UpstreamSettings checkingFilesOften(UpstreamSettings from) {
    return new UpstreamSettings(
        from.transport(),
        from.idlePerEndpointMax(),
        from.idlePerLoopMax(),
        from.idleTimeout(),
        from.connectTriesMax(),
        from.dns(),
        new TlsSettings(from.tls().systemRoots(), 16, Duration.ofMillis(1)));
  }

  private UpstreamTls verified() {
    String file = roots;
    return new UpstreamTls("", List.of(), Optional.of(file), false);
  }

  private UpstreamTls named(String... names) {
    return new UpstreamTls("", List.of(names), Optional.of(roots), false);
  }

  private static Cluster cluster(InetSocketAddress endpoint, UpstreamTls tls) {
    return Clusters.with(Clusters.listed(endpoint), tls);
  }

  private String reason(Cluster cluster) {
    Failure failure = bench.failure(cluster);
    assertThat(failure).isInstanceOf(Failure.TlsFailed.class);
    return ((Failure.TlsFailed) failure).reason();
  }
}
