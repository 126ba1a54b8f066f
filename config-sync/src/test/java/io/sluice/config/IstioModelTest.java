package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.istio.api.networking.v1.VirtualService;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

/** Guards the versions: a client and an istio-model that don't fit lose fields or fail to read. */
class IstioModelTest {

  private static final String YAML =
      """
      ---
      apiVersion: "networking.istio.io/v1"
      kind: "VirtualService"
      metadata:
        name: "slow-api"
      spec:
        hosts:
        - "api.example.com"
        http:
        - fault:
            abort:
              httpStatus: 503
              percentage:
                value: 50.0
          match:
          - headers:
              version:
                exact: "2"
            uri:
              prefix: "/a"
          timeout: "1s"
      """;

  @Test
  void keepsEveryFieldOfAVirtualService() {
    KubernetesSerialization serialization = new KubernetesSerialization();

    VirtualService read = serialization.unmarshal(YAML, VirtualService.class);

    assertThat(serialization.asYaml(read)).isEqualTo(YAML);
  }
}
