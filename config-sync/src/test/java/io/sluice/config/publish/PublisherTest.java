package io.sluice.config.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.config.translate.FileContent;
import io.sluice.config.translate.ManifestReader;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.problem.Problem;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PublisherTest {
  private final RouteTables tables = new RouteTables();
  private final ResourceStore store = new ResourceStore();
  private boolean broken;
  private final Publisher publisher = new Publisher(tables, event -> {}, this::nanoTime);

  /** Read before and after compiling: there a failure can be made without a defect. */
  private long nanoTime() {
    if (broken) {
      throw new IllegalStateException("broken");
    }
    return 0;
  }

  @Test
  void aChangeThatCantBeCompiledIsToldUntilTheNextOne() {
    assertThat(publish("a")).isTrue();

    broken = true;
    assertThatThrownBy(() -> publish("b")).hasMessage("broken");
    assertThat(publish("b")).as("the same once more is not tried").isFalse();
    assertThat(publisher.problems())
        .singleElement()
        .extracting(Problem::value)
        .asString()
        .contains("was not taken over");
    assertThat(tables.current().generation()).isEqualTo(1);

    broken = false;
    assertThat(publish("c")).isTrue();
    assertThat(publisher.problems()).isEmpty();
    assertThat(tables.current().generation()).isEqualTo(2);
  }

  private boolean publish(String namespace) {
    TreeMap<String, FileContent> files = new TreeMap<>();
    String yaml = "{apiVersion: v1, kind: Namespace, metadata: {name: " + namespace + "}}";
    files.put("a.yaml", new ManifestReader().read("a.yaml", yaml));
    return publisher.publish(store.update(files), Map.of());
  }
}
