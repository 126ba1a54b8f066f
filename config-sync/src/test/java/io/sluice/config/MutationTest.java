package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.compile.Compiled;
import io.sluice.config.compile.Compiler;
import io.sluice.config.publish.ResourceStore;
import io.sluice.config.translate.FileContent;
import io.sluice.config.translate.ManifestReader;
import io.sluice.mesh.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Whatever is done to a file: nothing is thrown, and what stands in another file stays in force.
 */
class MutationTest {
  private static final int ROUNDS = 1_000;
  private static final List<String> TOKENS =
      List.of(
          "\n---\n",
          "[",
          "]",
          "{",
          "}",
          ": ",
          "- ",
          "\"",
          "'",
          "null",
          "~",
          "&a ",
          "*a",
          "|\n",
          ">",
          "!!int ",
          "70000",
          "-1",
          "1e999",
          "0x1",
          ".nan",
          "true",
          "[]",
          "{}",
          "\t",
          "\u0000",
          "\ud83d\ude00",
          "kind: List",
          "items: ",
          "#",
          "%",
          "<<: *a",
          "999999999999999999999",
          "*.*",
          "1sec",
          "(?=a)",
          "((((((((((",
          "uri",
          "host",
          "spec:\n");

  private final ManifestReader reader = new ManifestReader();

  @Test
  void neverThrowsAndKeepsTheRest() throws IOException {
    long seed = Long.getLong("sluice.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    String original = everything();
    for (int round = 0; round < ROUNDS; round++) {
      String mutated = mutate(original, random);
      try {
        check(original, mutated);
      } catch (RuntimeException | AssertionError | StackOverflowError e) {
        throw new AssertionError("-Dsluice.seed=" + seed + " round " + round + ":\n" + mutated, e);
      }
    }
  }

  private void check(String original, String mutated) {
    ResourceStore store = new ResourceStore();
    store.update(files(original));
    ResourceStore.Snapshot snapshot = store.update(files(mutated));
    Compiled compiled = Compiler.compile(snapshot.resources(), 2);

    assertThat(compiled.table().host("stays", 80, "stays")).isPresent();
    for (Problem problem : snapshot.problems()) {
      if (problem.severity() == Problem.Severity.ERROR
          && !problem.resource().kind().equals("File")
          && original.contains("name: " + problem.resource().name() + "\n")) {
        assertThat(problem.line()).contains("expected:");
      }
    }
  }

  private TreeMap<String, FileContent> files(String text) {
    TreeMap<String, FileContent> files = new TreeMap<>();
    files.put("a.yaml", reader.read("a.yaml", text));
    files.put(
        "b.yaml",
        reader.read(
            "b.yaml",
            "{apiVersion: v1, kind: Service, metadata: {name: stays, namespace: stays}, spec: {clusterIP: 10.99.0.1, ports: [{port: 80}]}}"));
    return files;
  }

  private static String mutate(String text, SplittableRandom random) {
    StringBuilder mutated = new StringBuilder(text);
    for (int times = random.nextInt(1, 6); times > 0; times--) {
      int at = random.nextInt(mutated.append(' ').length());
      int end = Math.min(mutated.length(), at + random.nextInt(1, 30));
      switch (random.nextInt(5)) {
        case 0 -> mutated.insert(at, TOKENS.get(random.nextInt(TOKENS.size())));
        case 1 -> mutated.replace(at, end, TOKENS.get(random.nextInt(TOKENS.size())));
        case 2 -> mutated.delete(at, end);
        case 3 -> mutated.insert(at, mutated.substring(at, end));
        default -> mutated.setLength(Math.max(1, at));
      }
    }
    return mutated.toString();
  }

  private static String everything() throws IOException {
    Path fleetman = Path.of("..", "daemonset", "examples", "fleetman");
    return String.join(
        "\n---\n",
        Given.SHOP,
        Files.readString(fleetman.resolve("driver-monitoring.yaml")),
        Files.readString(fleetman.resolve("rules").resolve("20-drop-staff.yaml")),
        Given.destinationRule(
            "d",
            "shop",
            "host: web, subsets: [{name: v1, labels: {version: v1}}], trafficPolicy: {portLevelSettings: [{port: {number: 80}}]}"),
        Given.tcpRules(
            "t",
            "shop",
            "[web, '*.example.com']",
            "tls: [{match: [{sniHosts: ['a.example.com'], destinationSubnets: [10.0.0.0/8]}], route: [{destination: {host: web}}]}],"
                + " tcp: [{match: [{port: 80, sourceLabels: {app: a}}], route: [{destination: {host: web, subset: v1}, weight: 1}]}]"),
        Given.entry("e", "shop", "hosts: [a.example.com], ports: [{number: 443, name: tls}]"),
        Given.rules(
            "r",
            "shop",
            "[web, '*.example.com']",
            "[{match: [{uri: {regex: 'a.*'}, headers: {x: {}}}], timeout: 1s, route: [{destination: {host: web, subset: v1}}]}]"));
  }
}
