package io.sluice.config.watch;

/** What reading one file gave. */
public sealed interface FileText {
  record Text(String text) implements FileText {}

  /**
   * @param reason for people, with the cure
   */
  record Unreadable(String value, String expected) implements FileText {}
}
