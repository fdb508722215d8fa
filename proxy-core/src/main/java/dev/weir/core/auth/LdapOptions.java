package dev.weir.core.auth;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPURL;
import com.unboundid.ldap.sdk.SearchScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * LDAP options of an HBA line or of {@code auth_ldap_options}: {@code key=value} pairs separated by blanks or commas, keys
 * and values bare or in double quotes ({@code ""} within quotes is one quote). Immutable.
 *
 * @param servers host or host:port, tried in order
 * @param port for servers that name none; 0 is the scheme's own
 * @param direct whether the name to bind with is {@code prefix + user + suffix}; otherwise it is searched for
 * @param filter with {@code $username}, or empty when {@code attribute} is compared
 */
public record LdapOptions(
    List<String> servers,
    int port,
    boolean ldaps,
    boolean startTls,
    boolean direct,
    String prefix,
    String suffix,
    String baseDn,
    String bindDn,
    String bindPassword,
    String attribute,
    String filter,
    SearchScope scope) {

  /** Longest option text, in characters. */
  public static final int MAX_LENGTH = 1024;

  public LdapOptions {
    servers = List.copyOf(servers);
  }

  /**
   * Reads an option text.
   *
   * @throws IllegalArgumentException saying what is wrong, without passwords
   */
  public static LdapOptions parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("LDAP options are longer than " + MAX_LENGTH + " bytes");
    }
    Map<String, String> values = new TreeMap<>();
    SearchScope scope = SearchScope.SUB;
    for (Pair pair : new Reader(text).pairs()) {
      switch (pair.key) {
        case "ldaptls", "ldapscheme", "ldapport", "ldapserver", "ldapbinddn", "ldapsearchattribute",
            "ldapsearchfilter",
            "ldapbasedn", "ldapbindpasswd", "ldapprefix", "ldapsuffix" ->
          values.put(pair.key, pair.value);
        case "ldapurl" -> scope = fromUrl(pair.value, values);
        default ->
          throw new IllegalArgumentException("invalid LDAP key parameter: \"" + pair.key + "\"");
      }
    }
    return of(values, scope);
  }

  private static LdapOptions of(Map<String, String> values, SearchScope scope) {
    boolean direct = values.containsKey("ldapprefix") || values.containsKey("ldapsuffix");
    if (direct && List
        .of("ldapbasedn", "ldapbinddn", "ldapbindpasswd", "ldapsearchattribute", "ldapsearchfilter")
        .stream().anyMatch(values::containsKey)) {
      throw new IllegalArgumentException(
          "cannot use ldapbasedn, ldapbinddn, ldapbindpasswd, ldapsearchattribute, "
              + "ldapsearchfilter, or ldapurl together with ldapprefix");
    }
    if (!direct && !values.containsKey("ldapbasedn")) {
      throw new IllegalArgumentException(
          "authentication method \"ldap\" requires argument \"ldapbasedn\", "
              + "\"ldapprefix\", or \"ldapsuffix\" to be set");
    }
    if (values.containsKey("ldapsearchattribute") && values.containsKey("ldapsearchfilter")) {
      throw new IllegalArgumentException(
          "cannot use ldapsearchattribute together with ldapsearchfilter");
    }
    String scheme = values.getOrDefault("ldapscheme", "ldap");
    if (!scheme.equals("ldap") && !scheme.equals("ldaps")) {
      throw new IllegalArgumentException("invalid ldapscheme value: \"" + scheme + "\"");
    }
    List<String> servers = List.of(values.getOrDefault("ldapserver", "").strip().split("\\s+", -1));
    if (servers.getFirst().isEmpty()) {
      throw new IllegalArgumentException(
          "ldapserver must be set: servers are not looked up by DNS SRV records");
    }
    String filter = values.getOrDefault("ldapsearchfilter", "");
    checkFilter(filter);
    return new LdapOptions(servers, port(values.getOrDefault("ldapport", "")),
        scheme.equals("ldaps"),
        values.getOrDefault("ldaptls", "").equals("1"), direct,
        values.getOrDefault("ldapprefix", ""),
        values.getOrDefault("ldapsuffix", ""), values.getOrDefault("ldapbasedn", ""),
        values.getOrDefault("ldapbinddn", ""), values.getOrDefault("ldapbindpasswd", ""),
        values.getOrDefault("ldapsearchattribute", "uid"), filter, scope);
  }

  private static int port(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > 65535) {
      throw new IllegalArgumentException("invalid LDAP port number: \"" + text + "\"");
    }
    return Integer.parseInt(text);
  }

  private static void checkFilter(String filter) {
    try {
      if (!filter.isEmpty()) {
        Filter.create(filter.replace("$username", "x"));
      }
    } catch (LDAPException e) {
      throw new IllegalArgumentException("invalid ldapsearchfilter: " + e.getMessage(), e);
    }
  }

  /** Adds what a URL (RFC 4516) says to {@code values}; returns its scope. */
  private static SearchScope fromUrl(String text, Map<String, String> values) {
    LDAPURL url;
    try {
      url = new LDAPURL(text);
    } catch (LDAPException e) {
      throw new IllegalArgumentException(
          "could not parse LDAP URL \"" + text + "\": " + e.getMessage(), e);
    }
    if (!url.getScheme().equals("ldap") && !url.getScheme().equals("ldaps")) {
      throw new IllegalArgumentException("unsupported LDAP URL scheme: " + url.getScheme());
    }
    values.put("ldapscheme", url.getScheme());
    if (url.hostProvided()) {
      values.put("ldapserver", url.getHost());
    }
    if (url.portProvided()) {
      values.put("ldapport", Integer.toString(url.getPort()));
    }
    if (url.baseDNProvided()) {
      values.put("ldapbasedn", url.getBaseDN().toString());
    }
    if (url.attributesProvided()) {
      values.put("ldapsearchattribute", url.getAttributes()[0]);
    }
    if (url.filterProvided()) {
      values.put("ldapsearchfilter", url.getFilter().toString());
    }
    return url.scopeProvided() ? url.getScope() : SearchScope.BASE;
  }

  /** Never shows the password. */
  @Override
  public String toString() {
    return (ldaps ? "ldaps" : "ldap") + " at " + servers;
  }

  private record Pair(String key, String value) {}

  /** Takes an option text apart. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text.strip();
    }

    List<Pair> pairs() {
      List<Pair> pairs = new ArrayList<>();
      for (skipSeparator(); at < text.length(); skipSeparator()) {
        String key = nextIs('"') ? quoted() : bare("=");
        if (!nextIs('=') || key.isEmpty()) {
          throw new IllegalArgumentException(
              "malformed LDAP options: \"=\" expected after \"" + key + "\"");
        }
        at++;
        String value = nextIs('"') ? quoted() : bare(", \t\r\n");
        if (value.isEmpty()) {
          throw new IllegalArgumentException(
              "malformed LDAP options: \"" + key + "\" has no value");
        }
        pairs.add(new Pair(key, value));
      }
      return pairs;
    }

    private boolean nextIs(char wanted) {
      return at < text.length() && text.charAt(at) == wanted;
    }

    private void skipSeparator() {
      skipBlanks();
      if (nextIs(',')) {
        at++;
      }
      skipBlanks();
    }

    private void skipBlanks() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private String bare(String ends) {
      int start = at;
      while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private String quoted() {
      StringBuilder content = new StringBuilder();
      for (at++; at < text.length(); at++) {
        if (text.charAt(at) == '"') {
          at++;
          if (!nextIs('"')) {
            return content.toString();
          }
        }
        content.append(text.charAt(at));
      }
      throw new IllegalArgumentException("malformed LDAP options: a quote is not closed");
    }
  }
}
