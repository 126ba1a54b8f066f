package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** psql and pgbench: plain, and with TLS after an SSLRequest. */
final class Postgres implements Program {

  private static final int PORT = 5432;

  private static final String CONFIGURATION =
      """
      listen_addresses = '*'
      unix_socket_directories = ''
      fsync = off
      ssl = on
      ssl_cert_file = '%1$s/cert.pem'
      ssl_key_file = '%1$s/key.pem'
      """;

  private @Nullable Process server;

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public Map<String, String> needs() {
    return Map.of(
        bin("postgres"), "postgresql", bin("psql"), "postgresql", bin("pgbench"), "postgresql");
  }

  @Override
  public SortedMap<Integer, Integer> ports() {
    return new TreeMap<>(Map.of(PORT, PORT));
  }

  @Override
  public String opening() {
    return "0000000804d2162f"; // SSLRequest
  }

  @Override
  public void start(Stage stage, Pod pod) {
    Path home = stage.makeHome(name());
    Path data = home.resolve("data");
    Stage.run(
        Stage.AS_NOBODY
            + bin("initdb")
            + " --username=nobody --auth=trust --no-sync --encoding=UTF8 --locale=C -D "
            + data);
    Stage.write(data.resolve("pg_hba.conf"), "host all all all trust\n");
    Stage.write(data.resolve("postgresql.conf"), CONFIGURATION.formatted(home));
    server =
        stage.server(
            pod, Stage.AS_NOBODY + "%s -D %s -p %d".formatted(bin("postgres"), data, PORT));
  }

  @Override
  public void use(Stage stage, Pod client, String host, int port) {
    String at = "'host=%s port=%d user=nobody dbname=postgres sslmode=%%s'".formatted(host, port);
    String plain = at.formatted("disable");
    String tls = at.formatted("require");
    String query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assertThat(psql(stage, client, plain, query)).isEqualTo("f\n");
    assertThat(psql(stage, client, at.formatted("prefer"), query)).isEqualTo("t\n");
    assertThat(psql(stage, client, tls, query)).isEqualTo("t\n");
    assertThat(psql(stage, client, plain, "SELECT repeat('shelf', 200000)")).hasSize(1_000_001);
    String pgbench = bin("pgbench") + " -n ";
    stage.in(client, pgbench + "-q -i -s1 " + plain);
    assertThat(stage.in(client, pgbench + "-c4 -t50 " + plain)).contains("200/200");
    assertThat(stage.in(client, pgbench + "-S -c2 -t50 " + tls)).contains("100/100");
  }

  /**
   * A client that ends TLS sends a farewell which a server that is told to go does not read: its
   * kernel then resets the connection, also without a mesh.
   */
  @Override
  public List<String> flags() {
    return List.of("-", "UR", "DC");
  }

  /** Killed it would leave a segment of shared memory. */
  @Override
  public void stop() {
    if (server != null) {
      Stage.run("kill -INT " + server.pid());
      Lab.await("PostgreSQL ends", () -> !server.isAlive());
    }
  }

  private static String psql(Stage stage, Pod client, String at, String statement) {
    return stage.in(client, bin("psql") + " -X -t -A -c \"" + statement + "\" " + at);
  }

  /** Debian keeps several versions, out of PATH. */
  private static String bin(String command) {
    return Stage.newest(Path.of("/usr/lib/postgresql"), command);
  }
}
