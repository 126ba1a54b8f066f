package io.sluice.agent.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.mesh.RouteTable;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigDumpTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everythingOfATableIsThere() throws Exception {
    assertThat(dump())
        .isEqualTo(
            JSON.readTree(
                """
                {
                  "generation": 4,
                  "services": [
                    {"host": "web.shop.svc.cluster.local", "name": "web", "namespace": "shop", "port": 80,
                     "protocol": "HTTP", "cluster": "outbound|80||web.shop.svc.cluster.local",
                     "addresses": ["10.96.0.1:80", "10.97.0.0/16 port 80", "[fd00:0:0:0:0:0:0:1]:80"]}
                  ],
                  "hosts": [
                    {"port": 80, "host": "driver.example.com", "names": ["driver.example.com"], "service": "",
                     "scopes": [
                       {"namespaces": ["shop"],
                        "routes": [
                          {"name": "slow", "origin": "VirtualService shop/driver",
                           "matches": [
                             {"uri": "prefix: /driver", "ignoreUriCase": true, "method": "exact: GET",
                              "headers": {"x-user": "present"}, "withoutHeaders": {"x-skip": "regex: a.*"},
                              "port": 80, "sourceLabels": {"app": "staff"}, "sourceNamespace": "shop"}],
                           "action": {"forward": [{"cluster": "outbound|443||driver.example.com", "weight": 100}]},
                           "timeoutMillis": 1000, "abort": {"httpStatus": 503, "percent": 12.5}},
                          {"name": "http[1]", "origin": "VirtualService shop/driver", "matches": [],
                           "action": {"respond": {"status": 500, "body": "no such subset"}}}
                        ]}
                     ]},
                    {"port": 80, "host": "web.shop.svc.cluster.local", "names": ["web.shop", "web.shop.svc"],
                     "service": "web.shop.svc.cluster.local:80", "scopes": []}
                  ],
                  "tcpHosts": [
                    {"port": 443, "host": "driver.example.com", "names": ["driver.example.com"],
                     "service": "driver.example.com:443", "foundBy": ["serverName", "dnsName", "subnet"],
                     "clustersByClientNamespace": {
                       "other": {
                         "name": "outbound|80||web.shop.svc.cluster.local", "service": "web.shop.svc.cluster.local",
                         "loadBalancer": "LEAST_REQUEST", "connectTimeoutMillis": 10000, "idleTimeoutMillis": 3600000,
                         "discovery": "listed", "endpoints": [{"address": "10.0.0.7:8080", "pod": "shop/web-1"}]}},
                     "scopes": [
                       {"namespaces": ["shop"],
                        "tls": [
                          {"name": "tls[0]", "origin": "VirtualService shop/driver",
                           "matches": [{"sniHosts": ["driver.example.com"], "port": 443}],
                           "forward": [
                             {"cluster": "outbound|443||driver.example.com", "weight": 1},
                             {"cluster": "outbound|80||web.shop.svc.cluster.local", "weight": 3}]}],
                        "tcp": [
                          {"name": "tcp[0]", "origin": "VirtualService shop/driver",
                           "matches": [{"destinationSubnets": ["10.0.0.0/8"], "sourceLabels": {"app": "staff"},
                                        "sourceNamespace": "shop"}],
                           "forward": [{"cluster": "outbound|443||driver.example.com", "weight": 100}]}]}]}
                  ],
                  "clusters": [
                    {"name": "outbound|443||driver.example.com", "service": "driver.example.com",
                     "loadBalancer": "ROUND_ROBIN", "connectTimeoutMillis": 3000, "idleTimeoutMillis": 0,
                     "tcpKeepalive": {"timeSeconds": 7200, "intervalSeconds": 75, "probes": 9},
                     "tls": {"sni": "driver.example.com", "subjectAltNames": [], "caCertificates": "",
                             "insecureSkipVerify": false},
                     "discovery": "dns", "names": ["driver.example.com:443"]},
                    {"name": "outbound|80||web.shop.svc.cluster.local", "service": "web.shop.svc.cluster.local",
                     "loadBalancer": "LEAST_REQUEST", "connectTimeoutMillis": 10000, "idleTimeoutMillis": 3600000, "discovery": "listed",
                     "endpoints": [{"address": "10.0.0.7:8080", "pod": "shop/web-1"}]}
                  ],
                  "workloads": [
                    {"address": "10.0.0.7", "namespace": "shop", "pod": "web-1", "workload": "web",
                     "serviceAccount": "default", "cluster": "Kubernetes", "labels": {"a": "1", "b": "2"}}
                  ],
                  "podPorts": [{"address": "10.0.0.7:8080", "services": ["web.shop.svc.cluster.local:80"]}],
                  "problems": [
                    {"kind": "VirtualService", "namespace": "shop", "name": "driver", "severity": "error",
                     "field": "spec.http[0].timeout", "value": "1 sec", "expected": "a duration such as 1s", "source": "driver.yaml:3"}
                  ]
                }
                """));
  }

  @Test
  void theEmptyTableIsADumpToo() throws Exception {
    JsonNode dump = JSON.readTree(ConfigDump.write(RouteTable.EMPTY, List.of()));

    assertThat(dump.get("generation").asInt()).isZero();
    assertThat(dump.get("hosts")).isEmpty();
  }

  private static JsonNode dump() throws Exception {
    return JSON.readTree(ConfigDump.write(Examples.table(), List.of(Examples.PROBLEM)));
  }
}
