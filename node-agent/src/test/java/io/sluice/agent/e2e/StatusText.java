package io.sluice.agent.e2e;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the agent's /status. */
final class StatusText {

  private StatusText() {}

  /** How many connections the proxy has open for a pod; 0 when it shows none of that name. */
  static int connections(String json, String pod) {
    Matcher matcher =
        Pattern.compile(
                "\"name\"\\s*:\\s*\"" + pod + "\".*?\"connections\"\\s*:\\s*(\\d+)", Pattern.DOTALL)
            .matcher(json);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** The ports of the proxy's own listeners in all pods. */
  static Set<Integer> listenerPorts(String json) {
    return Pattern.compile("\"role\"\\s*:\\s*\"\\w+\",\\s*\"port\"\\s*:\\s*(\\d+)")
        .matcher(json)
        .results()
        .map(result -> Integer.parseInt(result.group(1)))
        .collect(Collectors.toUnmodifiableSet());
  }
}
