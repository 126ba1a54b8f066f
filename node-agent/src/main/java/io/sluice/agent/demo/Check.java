package io.sluice.agent.demo;

/**
 * Whether something that the story tells was seen.
 *
 * @param ok it was
 * @param saw what was measured
 * @param expected what should have been
 */
record Check(boolean ok, String saw, String expected) {
  static Check of(boolean ok, String saw, String expected) {
    return new Check(ok, saw, expected);
  }
}
