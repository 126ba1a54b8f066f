package io.sluice.agent.e2e;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
}
