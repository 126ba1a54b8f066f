package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.problem.Problem.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which pods take part, and as whom. */
class EnrolmentTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sluice.io/mesh: enabled                                            |                                     |                                         | true
          istio-injection: enabled                                           |                                     |                                         | true
          istio.io/dataplane-mode: ambient                                   |                                     |                                         | true
          ''                                                                 |                                     |                                         | false
          istio-injection: disabled                                          |                                     |                                         | false
          sluice.io/mesh: enabled, istio.io/dataplane-mode: none             |                                     |                                         | false
          sluice.io/mesh: disabled, istio-injection: enabled                 |                                     |                                         | false
          sluice.io/mesh: enabled                                            | sidecar.istio.io/inject: 'false'    |                                         | false
          sluice.io/mesh: enabled                                            |                                     | sidecar.istio.io/inject: 'false'        | false
          sluice.io/mesh: enabled                                            | istio.io/dataplane-mode: none       |                                         | false
          sluice.io/mesh: enabled                                            | sluice.io/mesh: disabled            |                                         | false
          sluice.io/mesh: enabled                                            | sidecar.istio.io/inject: 'true'     |                                         | true
          ''                                                                 | sluice.io/mesh: enabled             |                                         | false
          """)
  void byLabels(String namespace, String label, String annotation, boolean expected) {
    String annotations = annotation == null ? "" : ", " + annotation;
    Given given =
        Given.yaml(
            "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {"
                + namespace
                + "}}}",
            pod("labels: {" + (label == null ? "" : label) + "}", annotations, "spec: {}"));

    assertThat(given.pods()).hasSize(expected ? 1 : 0);
    assertThat(given.lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spec: {hostNetwork: true}
          status: {phase: Succeeded}
          """)
  void neverOnTheMachinesNetworkNorWhenFinished(String rest) {
    assertThat(Given.yaml(Given.SHOP, pod("labels: {}", "", rest)).pods()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ownerReferences: []                                                              | app-1
          ownerReferences: [{kind: StatefulSet, name: db}]                                 | db
          ownerReferences: [{kind: ReplicaSet, name: web-7d9f8bc5d4}]                      | web
          labels: {pod-template-hash: abcde}, ownerReferences: [{kind: ReplicaSet, name: web-abcde}] | web
          ownerReferences: [{kind: ReplicaSet, name: web-front}]                           | web-front
          ownerReferences: [{kind: Job, name: nightly-28000000}]                           | nightly
          ownerReferences: [{kind: A, name: a}, {kind: B, name: b, controller: true}]      | b
          """)
  void asItsOwner(String metadata, String expected) {
    Given given = Given.yaml(Given.SHOP, pod(metadata, "", "spec: {serviceAccountName: ann}"));

    assertThat(given.pods())
        .singleElement()
        .satisfies(pod -> {
          assertThat(pod.workload().name()).isEqualTo(expected);
          assertThat(pod.workload().serviceAccount()).isEqualTo("ann");
          assertThat(pod.uid()).isEqualTo("shop/app-1");
        });
  }

  @Test
  void aNamespaceThatIsNotThereIsWarnedOf() {
    Given given = Given.yaml(pod("labels: {}", "", "spec: {}"));

    assertThat(given.pods()).isEmpty();
    assertThat(given.fieldsOf(Severity.WARNING)).containsExactly("metadata.namespace");
  }

  @Test
  void twoPodsCantShareANetworkNamespace() {
    Given given =
        Given.yaml(
            Given.SHOP,
            pod("labels: {}", "", "spec: {}"),
            pod("labels: {}", "", "spec: {}").replace("name: app-1,", "name: app-0,"));

    assertThat(given.pods())
        .singleElement()
        .satisfies(pod -> assertThat(pod.uid()).isEqualTo("shop/app-0"));
    assertThat(given.fieldsOf(Severity.WARNING))
        .containsExactly("metadata.annotations[sluice.io/netns]");
  }

  @Test
  void annotationsThatNarrowWhatIsCaughtAreReported() {
    Given given =
        Given.yaml(
            Given.SHOP,
            pod("labels: {}", ", traffic.sidecar.istio.io/excludeOutboundPorts: '25'", "spec: {}"));

    assertThat(given.fieldsOf(Severity.NOT_SUPPORTED))
        .containsExactly("metadata.annotations[traffic.sidecar.istio.io/excludeOutboundPorts]");
  }

  private static String pod(String metadata, String annotations, String rest) {
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: app-1, namespace: shop, "
        + metadata
        + ", annotations: {sluice.io/netns: /run/netns/web"
        + annotations
        + "}}\n"
        + rest
        + "\n";
  }
}
