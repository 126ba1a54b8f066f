package io.sluice.proxy.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.ResourceLeakDetector;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Much data, both ways at once, with a reader that stops now and then: nothing is lost and memory
 * stays flat. The size is 256 MiB each way; -Dsluice.test.relayMiB=1024 for more.
 */
class TcpRelayLoadTest {
  private static final long BYTES = Long.getLong("sluice.test.relayMiB", 256) << 20;
  private static final int CHUNK = 1 << 20;
  private static final int PAUSES = 20;
  private static final long PAUSE_NANOS = 10_000_000;

  /** Chunks of the pool are 4 MiB; two loops, both directions, with room to spare. */
  private static final long MEMORY_GROWTH_MAX = 48L << 20;

  @ParameterizedTest
  @EnumSource
  void muchDataKeepsItsChecksumAndMemoryStaysFlat(Transport transport) throws Exception {
    ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    // Paranoid records every touch of every buffer: that alone is most of the time here.
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    CompletableFuture<Long> upload = new CompletableFuture<>();
    try (ScriptedServer server = ScriptedServer.start(connection -> serve(connection, upload));
        RelayBench bench = new RelayBench(transport, Clusters.listed(server.address()));
        Socket client = bench.connect()) {
      long memoryBefore = directMemory();
      CompletableFuture<Long> sent = CompletableFuture.supplyAsync(() -> send(client, 1));
      long download = receive(client.getInputStream());
      assertThat(download).as("checksum of the download").isEqualTo(checksum(2));
      assertThat(sent.get()).isEqualTo(checksum(1));
      assertThat(upload.get()).as("checksum of the upload").isEqualTo(checksum(1));
      bench.endsWith(ResponseFlag.NONE);
      assertThat(bench.edge.received()).isEqualTo(BYTES);
      assertThat(bench.edge.sent()).isEqualTo(BYTES);
      System.out.printf(
          "%s: %d MiB each way, direct memory grew by %d KiB%n",
          transport, BYTES >> 20, directMemory() - memoryBefore >> 10);
      assertThat(directMemory() - memoryBefore).isLessThan(MEMORY_GROWTH_MAX);
    } finally {
      ResourceLeakDetector.setLevel(before);
    }
  }

  private static void serve(Socket connection, CompletableFuture<Long> upload) throws IOException {
    CompletableFuture<Long> sent = CompletableFuture.supplyAsync(() -> send(connection, 2));
    upload.complete(receive(connection.getInputStream()));
    sent.join();
  }

  private static long send(Socket to, long seed) {
    try {
      CRC32C crc = new CRC32C();
      OutputStream out = to.getOutputStream();
      byte[] chunk = chunk(seed);
      for (long left = BYTES; left > 0; left -= CHUNK) {
        out.write(chunk);
        crc.update(chunk);
        rotate(chunk);
      }
      to.shutdownOutput();
      return crc.getValue();
    } catch (IOException e) {
      throw new AssertionError("send", e);
    }
  }

  private static long receive(InputStream in) throws IOException {
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[CHUNK];
    long nextPause = BYTES / PAUSES;
    long all = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      crc.update(buffer, 0, read);
      all += read;
      if (all >= nextPause) {
        // Not to wait for something: the other side shall meet a full buffer.
        LockSupport.parkNanos(PAUSE_NANOS);
        nextPause += BYTES / PAUSES;
      }
    }
    return crc.getValue();
  }

  private static long checksum(long seed) {
    CRC32C crc = new CRC32C();
    byte[] chunk = chunk(seed);
    for (long left = BYTES; left > 0; left -= CHUNK) {
      crc.update(chunk);
      rotate(chunk);
    }
    return crc.getValue();
  }

  private static byte[] chunk(long seed) {
    byte[] chunk = new byte[CHUNK];
    new SplittableRandom(seed).nextBytes(chunk);
    return chunk;
  }

  /** So that no two chunks are equal. */
  private static void rotate(byte[] chunk) {
    byte first = chunk[0];
    System.arraycopy(chunk, 1, chunk, 0, chunk.length - 1);
    chunk[chunk.length - 1] = first;
    Arrays.fill(chunk, 0, 1, (byte) (chunk[0] + 1));
  }

  private static long directMemory() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }
}
