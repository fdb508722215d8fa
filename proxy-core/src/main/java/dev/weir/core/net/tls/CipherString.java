package dev.weir.core.net.tls;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/**
 * Evaluates OpenSSL cipher strings (openssl-ciphers(1)), so that one string means the same with every provider: BoringSSL
 * refuses much of the grammar and the JDK all of it.
 */
final class CipherString {
  private CipherString() {}

  /**
   * The suites selected by {@code text}, best first. Words that name nothing we know are skipped, as OpenSSL does.
   *
   * @throws TlsConfigException when nothing is selected
   */
  static List<CipherSuite> evaluate(String text) throws TlsConfigException {
    String rules = switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "", "default", "secure", "normal", "fast" -> "DEFAULT";
      default -> text;
    };
    List<CipherSuite> chosen = new ArrayList<>();
    EnumSet<CipherSuite> killed = EnumSet.noneOf(CipherSuite.class);
    for (String rule : rules.split("[:, ;]+", -1)) {
      if (!rule.isEmpty()) {
        apply(rule, chosen, killed);
      }
    }
    if (chosen.isEmpty()) {
      throw new TlsConfigException(
          "failed to set the TLS ciphers \"" + text + "\": no cipher match");
    }
    return List.copyOf(chosen);
  }

  private static void apply(String rule, List<CipherSuite> chosen, EnumSet<CipherSuite> killed)
      throws TlsConfigException {
    char sign = rule.charAt(0);
    if (sign == '@') {
      command(rule, chosen);
      return;
    }
    boolean signed = sign == '!' || sign == '-' || sign == '+';
    List<CipherSuite> named = select(signed ? rule.substring(1) : rule);
    switch (sign) {
      case '!' -> {
        killed.addAll(named);
        chosen.removeAll(named);
      }
      case '-' -> chosen.removeAll(named);
      case '+' -> {
        List<CipherSuite> moved = chosen.stream().filter(named::contains).toList();
        chosen.removeAll(moved);
        chosen.addAll(moved);
      }
      default -> named.stream().filter(suite -> !killed.contains(suite) && !chosen.contains(suite))
          .forEach(chosen::add);
    }
  }

  private static void command(String rule, List<CipherSuite> chosen) throws TlsConfigException {
    String command = rule.toUpperCase(Locale.ROOT);
    if (command.equals("@STRENGTH")) {
      chosen.sort(Comparator.comparingInt(CipherSuite::bits).reversed()); // stable, as it must be
    } else if (!command.matches("@SECLEVEL=[0-5]")) { // our providers have limits of their own
      throw new TlsConfigException(
          "failed to set the TLS ciphers: unknown command \"" + rule + "\"");
    }
  }

  /** {@code A+B} selects what is both; an unknown word selects nothing. */
  private static List<CipherSuite> select(String words) {
    List<CipherSuite> named = new ArrayList<>(EnumSet.allOf(CipherSuite.class));
    for (String word : words.split("\\+", -1)) {
      named.removeIf(suite -> !suite.is(word));
    }
    return named;
  }
}
