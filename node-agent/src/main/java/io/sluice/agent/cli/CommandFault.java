package io.sluice.agent.cli;

/**
 * A command can't do its work for a reason that the user can mend; the message is all that is
 * shown, exit status 1.
 */
public final class CommandFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommandFault(String message) {
    super(message);
  }

  public CommandFault(String message, Throwable cause) {
    super(message, cause);
  }
}
