package io.sluice.proxy.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class OwnFaultsTest {
  private final List<LogRecord> records = new ArrayList<>();

  @Test
  void bugIsLoggedWithItsStackAndItsPlace() {
    IllegalStateException bug = new IllegalStateException("state: 3 (expected: 2)");
    logged(() -> OwnFaults.report("the TCP relay", bug));
    assertThat(records).hasSize(1);
    assertThat(records.getFirst().getThrown()).isSameAs(bug);
    assertThat(records.getFirst().getMessage()).contains("the TCP relay");
  }

  @Test
  void resetsAndRefusedBytesAreNoNews() {
    logged(() -> {
      OwnFaults.report("x", new IOException("Connection reset by peer"));
      OwnFaults.report("x", new DecoderException("not TLS"));
    });
    assertThat(records).isEmpty();
  }

  private void logged(Runnable action) {
    Logger logger = Logger.getLogger(OwnFaults.class.getName());
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            records.add(record);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      action.run();
    } finally {
      logger.setUseParentHandlers(true);
      logger.removeHandler(handler);
    }
  }
}
