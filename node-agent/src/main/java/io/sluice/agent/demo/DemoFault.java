package io.sluice.agent.demo;

/** The demo can't go on; the message tells the user why and what to do. */
final class DemoFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DemoFault(String message) {
    super(message);
  }

  DemoFault(String message, Throwable cause) {
    super(message, cause);
  }
}
