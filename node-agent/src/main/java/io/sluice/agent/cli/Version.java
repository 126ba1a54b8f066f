package io.sluice.agent.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest names. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"sluice " + number() + " (Java " + Runtime.version() + ")"};
  }

  /** Such as {@code 0.1.0-SNAPSHOT}; {@code unpackaged} when run from classes. */
  public static String number() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("unpackaged");
  }
}
