package io.sluice.agent.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads whole seconds, 0..3600. */
final class Seconds implements ITypeConverter<Duration> {

  private static final int SECONDS_MAX = 3600;

  @Override
  public Duration convert(String value) {
    try {
      int seconds = Integer.parseInt(value);
      if (seconds >= 0 && seconds <= SECONDS_MAX) {
        return Duration.ofSeconds(seconds);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new TypeConversionException(
        "'" + value + "' (expected: whole seconds, 0.." + SECONDS_MAX + ")");
  }
}
