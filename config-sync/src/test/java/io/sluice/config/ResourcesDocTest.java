package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.mesh.service.TrafficSplit.Weighted;
import io.sluice.mesh.tcp.TcpRoute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples in docs/resources.md mean what the text around them says. */
class ResourcesDocTest {
  private static final Path DOC = Path.of("..", "docs", "resources.md");
  private static final Pattern EXAMPLE = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
  private static final String DATABASE =
      Given.SHOP
          .replace("name: web", "name: db")
          .replace("app: web", "app: db")
          .replace("[{name: http, port: 80, targetPort: 8080}]", "[{name: tcp, port: 5432}]")
          .replace("version: v1", "version: \"16\"")
          .replace("version: v2", "version: \"17\"");

  @Test
  void theDatabase() throws IOException {
    Given given = Given.yaml(DATABASE, examples().getFirst());

    List<TcpRoute> routes = given.tcp("shop", 5432, "db");
    assertThat(routes.getFirst().matches().getFirst().sourceLabels())
        .containsEntry("app", "migration");
    assertThat(routes.getLast().split().clusters())
        .extracting(Weighted::weight)
        .containsExactly(90, 10);
    Cluster old = routes.getLast().split().clusters().getFirst().cluster();
    assertThat(old.id().subset()).isEqualTo("v16");
    assertThat(Given.endpoints(old)).containsExactly("10.1.0.1:5432");
    assertThat(old.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(old.tcp().idleTimeout()).isEmpty();
    assertThat(old.tcp().keepalive())
        .hasValue(new TcpOptions.Keepalive(Duration.ofSeconds(60), Duration.ofSeconds(20), 5));
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void thePartner() throws IOException {
    Given given = Given.yaml(examples().get(1));

    TcpRoute route = given.tls("shop", 443, "any.partner.example.com").getFirst();
    assertThat(route.matches().getFirst().sniHosts()).containsExactly("old.partner.example.com");
    assertThat(route.split().clusters().getFirst().cluster().service().host())
        .isEqualTo("new.partner.example.com");
    assertThat(given.lines()).isEmpty();
  }

  private static List<String> examples() throws IOException {
    return EXAMPLE
        .matcher(Files.readString(DOC))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
