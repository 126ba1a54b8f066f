package io.sluice.proxy;

import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Version 4 UUIDs (RFC 9562 section 5.4) from a fast generator: they need be unique, not secret.
 */
final class RequestIds implements Supplier<String> {
  private static final long VERSION_MASK = 0xffff_ffff_ffff_0fffL;
  private static final long VERSION = 0x4000L;
  private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  private final Supplier<? extends RandomGenerator> randoms;

  RequestIds(Supplier<? extends RandomGenerator> randoms) {
    this.randoms = randoms;
  }

  @Override
  public String get() {
    RandomGenerator random = randoms.get();
    return new UUID(
            random.nextLong() & VERSION_MASK | VERSION, random.nextLong() & VARIANT_MASK | VARIANT)
        .toString();
  }
}
