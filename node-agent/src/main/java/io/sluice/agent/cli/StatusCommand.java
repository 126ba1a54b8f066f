package io.sluice.agent.cli;

import io.sluice.agent.view.Addresses;
import io.sluice.agent.view.AgentStatus;
import io.sluice.agent.view.StatusJson;
import io.sluice.agent.view.StatusText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description =
        "Shows a running agent's pods, listeners, rules with problems, and connections older than"
            + " their pod's enrolment.",
    footer = {"", "Exit status: 0 shown, 1 no agent answers."})
public final class StatusCommand implements Callable<Integer> {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  @Spec private CommandSpec spec;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      converter = HostPort.class,
      defaultValue = "127.0.0.1:15000",
      description = "Where the agent's admin pages are (default: ${DEFAULT-VALUE}).")
  private InetSocketAddress admin;

  @Option(names = "--json", description = "As JSON, for scripts.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    String answer = ask();
    AgentStatus status = read(answer);
    spec.commandLine().getOut().print(json ? answer : StatusText.render(status));
    spec.commandLine().getOut().flush();
    return 0;
  }

  private String ask() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address() + "/status"))
            .timeout(ANSWER_TIMEOUT)
            .build();
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build()) {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw notAnAgent("HTTP status " + response.statusCode());
      }
      return response.body();
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new CommandFault(
          "no agent answers at "
              + address()
              + ": start one by 'sluice run --config-dir DIR', or say by --admin HOST:PORT where it"
              + " listens",
          e);
    } catch (HttpTimeoutException e) {
      throw new CommandFault(
          "the agent at "
              + address()
              + " took the request and gave no answer within "
              + ANSWER_TIMEOUT.toSeconds()
              + " s: look at its log, it may be stuck",
          e);
    } catch (IOException e) {
      throw notAnAgent(String.valueOf(e.getMessage()));
    }
  }

  private AgentStatus read(String answer) {
    try {
      return StatusJson.read(answer);
    } catch (IllegalArgumentException e) {
      throw notAnAgent(String.valueOf(e.getMessage()));
    }
  }

  private CommandFault notAnAgent(String found) {
    return new CommandFault(
        "what answers at "
            + address()
            + "/status is no Sluice agent, or one of another version: "
            + found
            + " (expected: the agent's status as JSON; look for the right --admin HOST:PORT)");
  }

  private String address() {
    return Addresses.text(admin);
  }
}
