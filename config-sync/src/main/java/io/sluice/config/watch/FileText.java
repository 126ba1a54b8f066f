package io.sluice.config.watch;

/** What reading one file gave. */
public sealed interface FileText {
  record Text(String text) implements FileText {}

  /**
   * @param value what was found instead of text
   * @param expected what would be right, and what to do
   */
  record Unreadable(String value, String expected) implements FileText {}
}
