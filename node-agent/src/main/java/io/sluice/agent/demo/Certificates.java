package io.sluice.agent.demo;

import io.sluice.agent.demo.shop.ShopApp;
import io.sluice.agent.demo.shop.ShopKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * The outside service's certificate and the authority that signed it, made by {@code openssl}.
 *
 * @param ca PEM of the authority: what the DestinationRule names
 * @param keyStore PKCS #12 of the service
 */
record Certificates(Path ca, Path keyStore) {
  private static final String DAYS = "2";

  static Certificates create(Path directory) {
    try {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      Files.writeString(
          directory.resolve("server.ext"),
          "subjectAltName=DNS:" + ShopApp.DRIVER_HOST + "\nextendedKeyUsage=serverAuth\n");
    } catch (IOException failed) {
      throw new DemoFault("can't write to " + directory + ": " + failed, failed);
    }
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -batch",
        List.of("-subj", "/CN=Fleet shop demo authority", "-days", DAYS),
        List.of("-keyout", file(directory, "ca.key"), "-out", file(directory, "ca.pem")));
    openssl(
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -batch",
        List.of("-subj", "/CN=" + ShopApp.DRIVER_HOST),
        List.of("-keyout", file(directory, "server.key"), "-out", file(directory, "server.csr")));
    openssl(
        "x509 -req -CAcreateserial",
        List.of("-days", DAYS, "-extfile", file(directory, "server.ext")),
        List.of("-CA", file(directory, "ca.pem"), "-CAkey", file(directory, "ca.key")),
        List.of("-in", file(directory, "server.csr"), "-out", file(directory, "server.pem")));
    openssl(
        "pkcs12 -export",
        List.of("-passout", "pass:" + ShopKeys.PASSWORD),
        List.of("-inkey", file(directory, "server.key"), "-in", file(directory, "server.pem")),
        List.of("-out", file(directory, "server.p12")));
    return new Certificates(directory.resolve("ca.pem"), directory.resolve("server.p12"));
  }

  @SafeVarargs
  private static void openssl(String words, List<String>... more) {
    Commands.require(
        Stream.concat(Stream.of(List.of("openssl"), List.of(words.split(" ", -1))), Stream.of(more))
            .flatMap(List::stream)
            .toList());
  }

  private static String file(Path directory, String name) {
    return directory.resolve(name).toString();
  }
}
