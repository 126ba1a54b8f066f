package io.sluice.agent;

import io.sluice.config.DirectorySource;
import io.sluice.mesh.RouteTable;
import io.sluice.proxy.Proxy;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The classes in Sluice's own jars. */
final class OwnClasses {
  private static final String SUFFIX = ".class";

  /** One of each module that the agent is made of. */
  private static final List<Class<?>> MODULES =
      List.of(OwnClasses.class, Proxy.class, DirectorySource.class, RouteTable.class);

  private OwnClasses() {}

  /**
   * Loads all of them and initialises none.
   *
   * @return how many; 0 when run from directories of classes, which the JVM's cache does not take
   */
  static long loadAll() throws IOException {
    long loaded = 0;
    for (Class<?> module : MODULES) {
      Path place = placeOf(module);
      if (Files.isRegularFile(place)) {
        loaded += loadJar(place, module.getClassLoader());
      }
    }
    return loaded;
  }

  private static Path placeOf(Class<?> module) throws IOException {
    try {
      return Path.of(module.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("class path of " + module.getName() + ": " + e.getMessage(), e);
    }
  }

  private static long loadJar(Path jar, ClassLoader loader) throws IOException {
    try (JarFile file = new JarFile(jar.toFile());
        Stream<JarEntry> entries = file.stream()) {
      List<String> classes =
          entries
              .map(JarEntry::getName)
              .filter(name -> name.endsWith(SUFFIX) && !name.endsWith("package-info" + SUFFIX))
              .toList();
      classes.forEach(name -> load(name, loader));
      return classes.size();
    }
  }

  private static void load(String entry, ClassLoader loader) {
    String name = entry.substring(0, entry.length() - SUFFIX.length()).replace('/', '.');
    try {
      Class<?> loaded = Class.forName(name, false, loader);
      assert loaded.getName().equals(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(name + " stands in a jar and can't be loaded", e);
    }
  }
}
