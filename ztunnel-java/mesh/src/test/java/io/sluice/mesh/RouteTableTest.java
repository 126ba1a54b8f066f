package io.sluice.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mesh.http.HostRules;
import io.sluice.mesh.workload.Workload;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
  private static final Workload WEB =
      new Workload("shop", "web-1", "web", Map.of(), "default", "Kubernetes");

  @ParameterizedTest(name = "{0} asks for {1} -> {2}")
  @CsvSource({
    "shop, web, web.shop",
    "other, web, web.other",
    "third, web, *",
    "shop, web.shop, web.shop",
    "shop, web.other, web.other",
    "shop, a.example.com, *.example.com",
    "shop, b.a.example.com, *.a.example.com",
    "shop, c.b.a.example.com, *.a.example.com",
    "shop, example.com, *",
    "shop, elsewhere.org, *"
  })
  void theMostExactHostIsFound(String namespace, String host, String found) {
    RouteTable table = hosts("web.shop", "web.other", "*.example.com", "*.a.example.com", "*");

    assertThat(table.host(namespace, 80, host).map(HostRules::host)).hasValue(found);
  }

  @Test
  void nothingIsFoundOnAnotherPortOrWithoutAWildcard() {
    RouteTable table = hosts("web.shop", "*.example.com");

    assertThat(table.host("shop", 8080, "web.shop")).isEmpty();
    assertThat(table.host("shop", 80, "example.com")).isEmpty();
    assertThat(table.host("shop", 80, "")).isEmpty();
  }

  @Test
  void whatItWasMadeOfMayChangeWithoutIt() throws Exception {
    Map<InetAddress, Workload> workloads = new HashMap<>();
    InetAddress address = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
    workloads.put(address, WEB);
    RouteTable table = new RouteTable(1, Map.of(), workloads, Map.of(), Map.of());
    workloads.clear();

    assertThat(table.workloadAt(address)).hasValue(WEB);
    assertThatThrownBy(() -> table.workloadsByAddress().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> hosts("web.shop").hostsByPort().get(80).clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void generationsOnlyGrow() {
    RouteTables tables = new RouteTables();
    tables.publish(new RouteTable(1, Map.of(), Map.of(), Map.of(), Map.of()));

    assertThat(tables.current().generation()).isEqualTo(1);
    assertThatThrownBy(() -> tables.publish(RouteTable.EMPTY))
        .hasMessage("generation: 0 (expected: > 1)");
  }

  private static RouteTable hosts(String... names) {
    Map<String, HostRules> hosts = new HashMap<>();
    for (String name : names) {
      hosts.put(name, new HostRules(name, List.of(), Optional.empty()));
    }
    return new RouteTable(1, Map.of(), Map.of(), Map.of(), Map.of(80, hosts));
  }
}
