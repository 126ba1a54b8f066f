package io.sluice.proxy.upstream;

import io.sluice.proxy.doors.ResolverFiles;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;

/**
 * Reads one resolv.conf. Bad lines are named and passed over, as the C library passes over them.
 * Its text is a stranger's: what is repeated of it is cut and made printable.
 */
final class ResolverConfParser {
  private static final int DNS_PORT = 53;
  private static final int TIMEOUT_SECONDS_MAX = 30;
  private static final int ATTEMPTS_MAX = 5;
  private static final int ODDITIES_MAX = 5;
  private static final int SHOWN_CHARACTERS_MAX = 80;
  private static final Pattern DOMAIN = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,252}");

  /**
   * @param oddities lines that have no effect and should have, and why; at most {@link
   *     #ODDITIES_MAX}
   */
  record Parsed(ResolverConf conf, List<String> oddities) {}

  private final ResolverFiles.Text text;
  private final ToIntFunction<String> scopes;
  private final List<InetSocketAddress> servers = new ArrayList<>();
  private final List<String> oddities = new ArrayList<>();
  private List<String> search = new ArrayList<>();
  private Duration timeout;
  private int attempts = ResolverConf.ATTEMPTS;
  private boolean rotate;

  private ResolverConfParser(
      ResolverFiles.Text text, Duration timeout, ToIntFunction<String> scopes) {
    this.text = text;
    this.timeout = timeout;
    this.scopes = scopes;
  }

  /**
   * @param timeout where the file names none
   * @param scopes the index of an interface of the pod by its name; 0: there is none
   */
  static Parsed parse(ResolverFiles.Text text, Duration timeout, ToIntFunction<String> scopes) {
    return new ResolverConfParser(text, timeout, scopes).parse();
  }

  private Parsed parse() {
    text.content().lines().forEach(this::line);
    String noServers =
        servers.isEmpty()
            ? text.place() + " names no DNS server (expected: a line 'nameserver IP')"
            : "";
    return new Parsed(
        new ResolverConf(servers, search, timeout, attempts, rotate, text.machines(), noServers),
        List.copyOf(oddities));
  }

  private void line(String line) {
    String said = line.replaceAll("[#;].*", "").strip();
    if (said.isEmpty()) {
      return;
    }
    String[] words = said.split("\\s+");
    switch (words[0]) {
      case "nameserver" -> nameServer(said, words);
      case "domain", "search" -> search(said, words);
      case "options" -> {
        for (int i = 1; i < words.length; i++) {
          option(said, words[i]);
        }
      }
      case "sortlist", "lookup", "family" -> {} // known elsewhere, without effect here
      default -> odd(said, "nameserver, search, domain or options");
    }
  }

  private void nameServer(String line, String[] words) {
    if (words.length < 2) {
      odd(line, "an IP address");
    } else if (servers.size() == ResolverConf.SERVERS_MAX) {
      odd(line, "at most " + ResolverConf.SERVERS_MAX + " servers");
    } else {
      try {
        servers.add(new InetSocketAddress(address(words[1]), DNS_PORT));
      } catch (IllegalArgumentException | UnknownHostException e) {
        odd(line, "an IP address, maybe with an interface of the pod: fe80::1%eth0");
      }
    }
  }

  /** The scope is an interface of the pod: the JDK would look for it among the machine's. */
  private InetAddress address(String word) throws UnknownHostException {
    int percent = word.indexOf('%');
    if (percent < 0) {
      return InetAddress.ofLiteral(word);
    }
    byte[] bytes = InetAddress.ofLiteral(word.substring(0, percent)).getAddress();
    String scope = word.substring(percent + 1);
    int index = scope.matches("[0-9]{1,9}") ? Integer.parseInt(scope) : scopes.applyAsInt(scope);
    if (bytes.length != 16 || index <= 0) {
      throw new IllegalArgumentException(word);
    }
    return Inet6Address.getByAddress(null, bytes, index);
  }

  /** The last of such lines counts. */
  private void search(String line, String[] words) {
    search = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      String domain = words[i].toLowerCase(Locale.ROOT);
      while (domain.endsWith(".")) {
        domain = domain.substring(0, domain.length() - 1);
      }
      if (domain.isEmpty()) {
        continue; // the root: names as they are
      }
      if (!DOMAIN.matcher(domain).matches()) {
        odd(line, "domain names");
      } else if (search.size() == ResolverConf.SEARCH_MAX) {
        odd(line, "at most " + ResolverConf.SEARCH_MAX + " domains");
      } else {
        search.add(domain);
      }
    }
  }

  private void option(String line, String option) {
    if (option.equals("rotate")) {
      rotate = true;
    } else if (option.startsWith("timeout:")) {
      timeout = Duration.ofSeconds(number(line, option, TIMEOUT_SECONDS_MAX, timeout.toSeconds()));
    } else if (option.startsWith("attempts:")) {
      attempts = (int) number(line, option, ATTEMPTS_MAX, attempts);
    }
    // The other options have no meaning here, which is no fault of theirs.
  }

  private long number(String line, String option, int max, long otherwise) {
    String digits = option.substring(option.indexOf(':') + 1);
    if (!digits.matches("[0-9]{1,9}")) {
      odd(line, "a number");
      return Math.max(1, otherwise);
    }
    return Math.clamp(Integer.parseInt(digits), 1, max);
  }

  private void odd(String line, String expected) {
    if (oddities.size() < ODDITIES_MAX) {
      oddities.add("'" + shown(line) + "' (expected: " + expected + ")");
    }
  }

  private static String shown(String line) {
    String cut =
        line.length() <= SHOWN_CHARACTERS_MAX ? line : line.substring(0, SHOWN_CHARACTERS_MAX);
    return cut.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
