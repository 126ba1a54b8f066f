package io.sluice.agent.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * {@code 2026-01-31T12:00:00.123Z INFO enrol: shop/web is enrolled}: UTC, level, last part of the
 * logger's package, message. A stack trace follows on lines of its own.
 */
final class OneLine extends Formatter {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  @Override
  public String format(LogRecord entry) {
    StringBuilder line = new StringBuilder(160);
    line.append(TIME.format(entry.getInstant()))
        .append(' ')
        .append(name(entry.getLevel()))
        .append(' ')
        .append(room(entry.getLoggerName()))
        .append(": ")
        .append(formatMessage(entry).replace("\n", " | "))
        .append('\n');
    if (entry.getThrown() != null) {
      StringWriter trace = new StringWriter();
      entry.getThrown().printStackTrace(new PrintWriter(trace, true));
      line.append(trace);
    }
    return line.toString();
  }

  private static String name(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (value >= Level.WARNING.intValue()) {
      return "WARN ";
    }
    if (value >= Level.INFO.intValue()) {
      return "INFO ";
    }
    return value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
  }

  /** {@code io.sluice.agent.enrol.Enrolment} is {@code enrol}; what is not ours keeps its name. */
  private static String room(String logger) {
    if (logger == null) {
      return "-";
    }
    if (!logger.startsWith("io.sluice.")) {
      return logger;
    }
    String[] parts = logger.split("\\.");
    return parts[Math.max(0, parts.length - 2)];
  }
}
