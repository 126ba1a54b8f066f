package io.sluice.agent.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks the agent's admin port. */
final class AdminClient {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();
  private final InetSocketAddress address;

  AdminClient(InetSocketAddress address) {
    this.address = address;
  }

  /**
   * @param status HTTP status; 0 when there was no answer
   */
  record Answer(int status, String text) {}

  /** {@code HOST:PORT}, as {@code --admin} takes it. */
  String authority() {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  String url(String path) {
    return "http://" + authority() + path;
  }

  Answer get(String path) {
    try {
      var response =
          client.send(
              HttpRequest.newBuilder(URI.create(url(path))).timeout(LIMIT).build(),
              BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException noAnswer) {
      return new Answer(0, "no answer from " + url(path) + ": " + noAnswer);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DemoFault("interrupted");
    }
  }
}
