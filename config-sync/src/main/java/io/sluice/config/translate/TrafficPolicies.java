package io.sluice.config.translate;

import io.sluice.config.resource.TrafficPolicy;
import io.sluice.config.resource.TrafficPolicy.TcpPool;
import io.sluice.config.resource.TrafficPolicy.Tls;
import io.sluice.mesh.service.LoadBalancer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code trafficPolicy} of a DestinationRule, a subset or a port. */
final class TrafficPolicies {
  private TrafficPolicies() {}

  static TrafficPolicy read(Fields fields) {
    Map<Integer, TrafficPolicy> ports = new HashMap<>();
    for (Fields port : fields.objects("portLevelSettings")) {
      OptionalInt number = portNumber(port);
      TrafficPolicy policy = general(port, Map.of());
      if (number.isPresent() && ports.putIfAbsent(number.getAsInt(), policy) != null) {
        port.error("port", "a port that no other entry names");
      }
    }
    return general(fields, ports);
  }

  private static OptionalInt portNumber(Fields fields) {
    Fields port = fields.object("port");
    if (!port.has("number")) {
      port.error("number", "a port, 1..65535");
    }
    OptionalInt number = port.port("number");
    port.done();
    return number;
  }

  private static TrafficPolicy general(Fields fields, Map<Integer, TrafficPolicy> ports) {
    Optional<LoadBalancer> loadBalancer = loadBalancer(fields.object("loadBalancer"));
    Optional<TcpPool> tcp = TcpPools.read(fields.object("connectionPool"));
    Optional<Tls> tls = tls(fields.object("tls"));
    fields.notSupported("outlierDetection", "tunnel", "proxyProtocol", "retryBudget");
    fields.done();
    return new TrafficPolicy(loadBalancer, tcp, tls, ports);
  }

  private static Optional<LoadBalancer> loadBalancer(Fields fields) {
    fields.notSupported("consistentHash", "localityLbSetting", "warmup", "warmupDurationSecs");
    Optional<String> simple = fields.text("simple");
    fields.done();
    return simple.flatMap(name ->
        switch (name) {
          case "UNSPECIFIED" -> Optional.empty();
          case "LEAST_REQUEST", "LEAST_CONN" -> Optional.of(LoadBalancer.LEAST_REQUEST);
          case "ROUND_ROBIN" -> Optional.of(LoadBalancer.ROUND_ROBIN);
          case "RANDOM" -> Optional.of(LoadBalancer.RANDOM);
          case "PASSTHROUGH" -> {
            fields.notSupportedValue(
                "simple", "LEAST_REQUEST, ROUND_ROBIN or RANDOM: PASSTHROUGH is not supported yet");
            yield Optional.empty();
          }
          default -> {
            fields.error("simple", "LEAST_REQUEST, ROUND_ROBIN, RANDOM or PASSTHROUGH");
            yield Optional.empty();
          }
        });
  }

  private static Optional<Tls> tls(Fields fields) {
    if (!fields.isPresent()) {
      return Optional.empty();
    }
    String mode = fields.text("mode").orElse("DISABLE");
    Optional<Tls> tls =
        switch (mode) {
          case "DISABLE" -> Optional.of(new Tls.Off());
          case "SIMPLE" -> Optional.of(simple(fields));
          case "MUTUAL" -> {
            // Plaintext would be worse: the server sees that no certificate comes and says no.
            fields.notSupportedValue(
                "mode", "SIMPLE: MUTUAL is not supported yet, no client certificate is sent");
            yield Optional.of(simple(fields));
          }
          case "ISTIO_MUTUAL" -> {
            fields.notSupportedValue(
                "mode", "SIMPLE or DISABLE: ISTIO_MUTUAL is not supported yet, no TLS is spoken");
            yield Optional.of(new Tls.Off());
          }
          default -> {
            fields.error("mode", "DISABLE, SIMPLE, MUTUAL or ISTIO_MUTUAL");
            yield Optional.empty();
          }
        };
    fields.notSupported("clientCertificate", "privateKey", "credentialName", "caCrl");
    fields.ignore("sni", "subjectAltNames", "caCertificates", "insecureSkipVerify");
    fields.done();
    return tls;
  }

  private static Tls simple(Fields fields) {
    List<String> names = fields.texts("subjectAltNames");
    boolean insecure = fields.flag("insecureSkipVerify");
    if (insecure) {
      fields.warn(
          "insecureSkipVerify",
          "false: whoever answers is trusted, the certificate is not checked");
    }
    return new Tls.Simple(
        fields.text("sni").filter(text -> !text.isEmpty()),
        names,
        fields.text("caCertificates").filter(text -> !text.isEmpty()),
        insecure);
  }
}
