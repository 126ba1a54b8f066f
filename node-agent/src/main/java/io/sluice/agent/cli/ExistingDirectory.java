package io.sluice.agent.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the path of a directory that is there and may be read. */
final class ExistingDirectory implements ITypeConverter<Path> {

  @Override
  public Path convert(String value) {
    try {
      Path path = Path.of(value);
      if (Files.isDirectory(path) && Files.isReadable(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      // said below
    }
    throw new TypeConversionException("'" + value + "' (expected: a directory that can be read)");
  }
}
