package io.sluice.agent.cli;

import java.util.List;
import java.util.Map;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Sends all logs to standard error, one line each. {@code java.util.logging} forgets a logger that
 * nobody holds, and its level with it: keep the instance.
 */
final class Logging {

  /** Libraries that speak more than an operator wants to hear, and from which level on they may. */
  private static final Map<String, Level> QUIET =
      Map.of(
          "io.netty", Level.WARNING,
          // A machine without a hardware address is no trouble to anyone.
          "io.netty.util.internal.MacAddressUtil", Level.SEVERE,
          // Forged answers: whoever sends them could fill the log.
          "io.netty.resolver.dns", Level.SEVERE,
          "io.fabric8", Level.WARNING,
          "io.micrometer", Level.WARNING,
          "me.bechberger", Level.WARNING);

  private final List<Logger> held;

  private Logging(List<Logger> held) {
    this.held = held;
  }

  /** Replaces whatever handlers there are. */
  static Logging toStandardError(LogLevel level) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    Handler handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    handler.setFormatter(new OneLine());
    root.addHandler(handler);
    root.setLevel(louder(level.level(), Level.INFO));
    Logger own = Logger.getLogger("io.sluice");
    own.setLevel(level.level());
    return new Logging(Stream.concat(Stream.of(root, own), quiet(level)).toList());
  }

  /** The loggers that are set, so that nothing forgets them. */
  List<Logger> held() {
    return held;
  }

  private static Stream<Logger> quiet(LogLevel level) {
    return QUIET.entrySet().stream()
        .map(entry -> {
          Logger logger = Logger.getLogger(entry.getKey());
          logger.setLevel(louder(level.level(), entry.getValue()));
          return logger;
        });
  }

  private static Level louder(Level a, Level b) {
    return a.intValue() >= b.intValue() ? a : b;
  }
}
