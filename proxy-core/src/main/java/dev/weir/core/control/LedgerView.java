package dev.weir.core.control;

import java.util.List;
import java.util.Locale;

/**
 * A piece of state that a client takes along from server to server, as SHOW LEDGER prints it. Immutable; taken on the
 * client's worker. Values are shortened, and what is named like a secret is not shown.
 *
 * @param clientId the id of SHOW CLIENTS
 * @param kind for example {@code setting}
 * @param name empty where there is one of the kind only
 */
public record LedgerView(long clientId, String kind, String name, String value) {
  private static final int LONGEST = 200;
  private static final String HIDDEN = "***";
  private static final List<String> SECRET = List.of("pass", "pwd", "secret", "token", "credential",
      "_key");

  public LedgerView {
    value = isSecret(name) && !value.isEmpty() ? HIDDEN : shortened(value);
    name = shortened(name);
  }

  private static boolean isSecret(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return SECRET.stream().anyMatch(lower::contains);
  }

  /** At most 200 characters of a text, with three dots for the rest. */
  public static String shortened(String text) {
    if (text.length() <= LONGEST) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    return text.substring(0, end) + "...";
  }
}
