package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The MariaDB client, plain and with TLS. The server speaks first; 3306 is never looked into. */
record MariaDb() implements Program {

  private static final int PORT = 13306;

  @Override
  public String name() {
    return "mariadb";
  }

  @Override
  public Map<String, String> needs() {
    return Map.of("mariadbd", "mariadb-server-core", "mariadb", "mariadb-client-core");
  }

  @Override
  public SortedMap<Integer, Integer> ports() {
    return new TreeMap<>(Map.of(PORT, PORT, 3306, PORT));
  }

  @Override
  public String opening() {
    return "";
  }

  @Override
  public void start(Stage stage, Pod pod) {
    Path home = stage.makeHome(name());
    stage.server(
        pod,
        Stage.AS_NOBODY
            + """
            %2$s --no-defaults --datadir=%1$s --socket=%1$s/s --pid-file=%1$s/pid --port=%3$d \
              --bind-address='*' --skip-grant-tables --skip-name-resolve --ssl-cert=%1$s/cert.pem \
              --ssl-key=%1$s/key.pem --innodb-log-file-size=4M --innodb-buffer-pool-size=8M
            """
                .formatted(home, Needs.command("mariadbd"), PORT));
  }

  @Override
  public void use(Stage stage, Pod client, String host, int port) {
    String rows =
        """
        CREATE OR REPLACE DATABASE d; USE d; CREATE TABLE t (a INT, b TEXT);
        INSERT INTO t SELECT seq, REPEAT('shelf', 200) FROM seq_1_to_1000;
        SELECT SUM(a), SUM(LENGTH(b)) FROM t; SELECT * FROM t;
        """;
    String version = "SHOW STATUS LIKE 'Ssl_version'";
    assertThat(sql(stage, client, host, port, "--skip-ssl", rows))
        .startsWith("500500\t1000000\n")
        .hasSizeGreaterThan(1_000_000);
    assertThat(sql(stage, client, host, port, "--ssl", rows)).startsWith("500500\t1000000\n");
    assertThat(sql(stage, client, host, port, "--ssl", version)).contains("TLS");
    assertThat(sql(stage, client, host, port, "--skip-ssl", version)).doesNotContain("TLS");
  }

  private static String sql(
      Stage stage, Pod client, String host, int port, String tls, String statements) {
    return stage.in(
        client,
        "mariadb --no-defaults -h %s -P %d -u root --skip-column-names %s -e \"%s\""
            .formatted(host, port, tls, statements));
  }
}
