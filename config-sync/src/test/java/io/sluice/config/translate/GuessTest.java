package io.sluice.config.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.problem.ResourceRef;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuessTest {
  @Test
  void namesWhatIsWrittenAsMostAre() {
    assertThat(
            Guess.of(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata:
                  labels: {app: web}
                  name: "web"
                  namespace: shop
                spec: [
                """))
        .contains(new ResourceRef("VirtualService", "shop", "web"));
    assertThat(Guess.of("kind: Pod\nmetadata: {namespace: shop, name: web-1}\nspec: {"))
        .contains(new ResourceRef("Pod", "shop", "web-1"));
    assertThat(Guess.of("kind: Service\r\nmetadata:\r\n  name: web\r\nspec: {\r\n"))
        .contains(new ResourceRef("Service", "default", "web"));
    assertThat(Guess.of("kind: Namespace\nmetadata: {name: shop, labels: {"))
        .contains(new ResourceRef("Namespace", "", "shop"));
  }

  @Test
  void saysNothingWhereItCantTell() {
    assertThat(Guess.of("")).isEqualTo(Optional.empty());
    assertThat(Guess.of("kind: Pod\nmetadata:\n")).isEmpty();
    assertThat(Guess.of("kind: Pod\nmetadata: {labels: {}}\nspec:\n  name: web\n")).isEmpty();
    assertThat(Guess.of("metadata: {name: web}\n")).isEmpty();
    assertThat(Guess.of("{{ .Values }}: [")).isEmpty();
  }
}
