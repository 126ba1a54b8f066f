package io.sluice.proxy.detect;

import java.util.Optional;

/** What may stand in a ClientHello as a server name: a DNS name, not an address. */
final class ServerName {
  /** RFC 1035 section 2.3.4, as text, with a dot at the end. */
  static final int CHARS_MAX = 254;

  private static final int LABEL_CHARS_MAX = 63;

  private ServerName() {}

  /**
   * @param name as sent; may be changed
   * @return lower case, without a dot at its end; empty: it is none
   */
  static Optional<String> of(StringBuilder name) {
    if (!name.isEmpty() && name.charAt(name.length() - 1) == '.') {
      name.setLength(name.length() - 1);
    }
    int labelStart = 0;
    for (int i = 0; i <= name.length(); i++) {
      if (i == name.length() || name.charAt(i) == '.') {
        if (i == labelStart || i - labelStart > LABEL_CHARS_MAX) {
          return Optional.empty();
        }
        labelStart = i == name.length() ? labelStart : i + 1;
      } else if (isNameCharacter(name.charAt(i))) {
        name.setCharAt(i, lower(name.charAt(i)));
      } else {
        return Optional.empty();
      }
    }
    return isNumber(name, labelStart) ? Optional.empty() : Optional.of(name.toString());
  }

  /** No top-level domain is a number: such a name is an IPv4 address. IPv6 has colons. */
  private static boolean isNumber(CharSequence name, int from) {
    for (int i = from; i < name.length(); i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** Underscores are wrong, and used. */
  private static boolean isNameCharacter(char character) {
    return character >= 'a' && character <= 'z'
        || character >= 'A' && character <= 'Z'
        || character >= '0' && character <= '9'
        || character == '-'
        || character == '_';
  }

  private static char lower(char character) {
    return character >= 'A' && character <= 'Z' ? (char) (character + ('a' - 'A')) : character;
  }
}
