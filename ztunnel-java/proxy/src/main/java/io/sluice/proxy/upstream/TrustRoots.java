package io.sluice.proxy.upstream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The authorities that a server's certificate may be signed by. Reading blocks: background thread
 * only.
 *
 * @param place the path of the PEM file, or where else they come from
 * @param stamp what changes when the file does
 * @param trust checks chains against them
 */
record TrustRoots(String place, Stamp stamp, X509ExtendedTrustManager trust) {

  /** When a file was written, and how long it is; absent when it is not there. */
  record Stamp(Optional<FileTime> modified, long bytes) {
    static final Stamp NONE = new Stamp(Optional.empty(), 0);

    static Stamp of(Path file) {
      try {
        return new Stamp(Optional.of(Files.getLastModifiedTime(file)), Files.size(file));
      } catch (IOException e) {
        return NONE;
      }
    }
  }

  /** There are no roots to be had. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  static TrustRoots ofFile(Path file) throws UnreadableException {
    // Before the file is read: a change in between is seen the next time.
    Stamp stamp = Stamp.of(file);
    try {
      return new TrustRoots(file.toString(), stamp, trustManager(read(file)));
    } catch (NoSuchFileException e) {
      throw new UnreadableException(
          "caCertificates: " + file + " (expected: a PEM file; there is none)", e);
    } catch (IOException | GeneralSecurityException e) {
      throw new UnreadableException(
          "caCertificates: " + file + " (expected: a readable PEM file): " + e.getMessage(), e);
    }
  }

  /** The first of the files that is there; else the JDK's own. */
  static TrustRoots ofSystem(List<String> files) throws UnreadableException {
    for (String each : files) {
      Path file = Path.of(each);
      if (Files.isReadable(file)) {
        return ofFile(file);
      }
    }
    try {
      return new TrustRoots("the JDK's roots", Stamp.NONE, trustManager(null));
    } catch (GeneralSecurityException e) {
      throw new UnreadableException("the JDK's roots can't be read: " + e.getMessage(), e);
    }
  }

  /** Whether the file is as it was when it was read. */
  boolean isCurrent() {
    return stamp.equals(Stamp.NONE) || stamp.equals(Stamp.of(Path.of(place)));
  }

  private static KeyStore read(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (all.isEmpty()) {
        throw new GeneralSecurityException("there is no certificate in it");
      }
      int number = 0;
      for (Certificate each : all) {
        store.setCertificateEntry("root-" + number++, each);
      }
    }
    return store;
  }

  private static X509ExtendedTrustManager trustManager(
      @org.jspecify.annotations.Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager each : factory.getTrustManagers()) {
      if (each instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new GeneralSecurityException("the JDK offers no X.509 trust manager");
  }
}
