package io.sluice.agent.testbed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A script that goes on in a pod. It said that it is ready. */
public final class PythonServer implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  PythonServer(Process process) {
    this.process = process;
    this.out = process.inputReader();
    line();
  }

  /** Its next line; waits for it. */
  public String line() {
    try {
      String line = out.readLine();
      if (line == null) {
        throw new IllegalStateException("the script ended");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a line to its standard input. */
  public void tell(String line) {
    try {
      process.outputWriter().append(line).append('\n').flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it with SIGKILL and waits until its sockets are closed. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
