package io.sluice.agent.demo;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Prints the story. Silent once it was interrupted: what then fails was no one's fault. */
final class Narrator {
  private final PrintWriter out;
  private final String tick;
  private final String cross;
  private volatile boolean muted;

  /**
   * @param terminal what the terminal can show: check marks are only in Unicode
   */
  Narrator(PrintWriter out, Charset terminal) {
    this.out = out;
    boolean unicode = terminal.equals(StandardCharsets.UTF_8);
    this.tick = unicode ? "✓" : "ok ";
    this.cross = unicode ? "✗" : "NOT";
  }

  void mute() {
    muted = true;
  }

  boolean isMuted() {
    return muted;
  }

  void step(String title) {
    line("");
    line(title);
  }

  void say(String text) {
    line("    " + text);
  }

  void done(String text) {
    line("  " + tick + " " + text);
  }

  /** Returns whether the check was good. */
  boolean check(Check check) {
    if (check.ok()) {
      done(check.saw());
    } else {
      line("  " + cross + " " + check.saw());
      say("expected: " + check.expected());
    }
    return check.ok();
  }

  private void line(String text) {
    if (!muted) {
      out.println(text);
      out.flush();
    }
  }
}
