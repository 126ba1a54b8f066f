package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import io.sluice.agent.e2e.Lab.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bodies that are larger than the agent's memory. {@code -Dsluice.e2e.mib=1024} makes them as large
 * as you like.
 */
class TransferTest {

  private static final int MIB = Integer.getInteger("sluice.e2e.mib", 256);
  private static final int BLOCK_BYTES = 1 << 20;
  private static final long SEED = 20260131;

  /**
   * The agent has 96 MiB of heap and 64 MiB of direct memory; a body of {@link #MIB} does not fit
   * in what it may grow.
   */
  private static final long GROWTH_BYTES_MAX = 128L << 20;

  @TempDir Path directory;
  private Lab lab;
  private AgentProcess agent;
  private Pod reader;
  private Pod shelf;
  private Path block;

  @BeforeEach
  void start() throws IOException {
    Needs.rootAnd("ip", "curl", "python3", "sha256sum");
    block = directory.resolve("block");
    byte[] bytes = new byte[BLOCK_BYTES];
    new Random(SEED).nextBytes(bytes);
    Files.write(block, bytes);
    lab = new Lab(2, directory);
    reader = lab.pod("reader", 11);
    shelf = lab.pod("shelf", 13);
    Library library = new Library(Files.createDirectory(directory.resolve("config")));
    library.pod(reader);
    library.pod(shelf);
    lab.serve(
        shelf,
        "python3",
        Lab.script("server.py"),
        "http",
        "0.0.0.0",
        "8080",
        "--block",
        block.toString());
    agent = AgentProcess.start(library.directory(), directory).awaitReady();
  }

  @AfterEach
  void stop() {
    if (agent != null) {
      agent.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void largeBodiesKeepTheirChecksumAndTheAgentKeepsItsSize()
      throws IOException, NoSuchAlgorithmException {
    String expected = sha256();
    String url = "http://" + shelf.ip4() + ":8080";
    sh("curl -sS -o /dev/null " + url + "/bytes?n=8"); // classes are loaded, buffers are there
    long before = agent.peakMemory();

    Run down = sh("curl -sS " + url + "/bytes?n=" + MIB + " | sha256sum");
    Run up =
        sh(
            "for i in $(seq "
                + MIB
                + "); do cat "
                + block
                + "; done | curl -sS -T - "
                + url
                + "/sink");

    assertThat(down.out()).as(down.err()).startsWith(expected);
    assertThat(up.out())
        .as(up.err())
        .contains(expected)
        .contains("\"bytes\": " + (long) MIB * BLOCK_BYTES);
    System.out.printf(
        "%d MiB each way: peak resident memory %d MiB before, %d MiB after%n",
        MIB, before >> 20, agent.peakMemory() >> 20);
    assertThat(agent.peakMemory() - before)
        .as("growth of the agent's resident memory")
        .isLessThan(GROWTH_BYTES_MAX);
    assertThat(agent.metric("istio_requests_total", java.util.Map.of("response_code", "200")))
        .isGreaterThanOrEqualTo(6);
  }

  private Run sh(String script) {
    return lab.in(reader, "sh", "-c", script);
  }

  private String sha256() throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] bytes = Files.readAllBytes(block);
    for (int i = 0; i < MIB; i++) {
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
