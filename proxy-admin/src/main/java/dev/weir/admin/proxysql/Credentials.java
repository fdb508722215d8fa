package dev.weir.admin.proxysql;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The accounts of {@code admin-admin_credentials} and {@code admin-stats_credentials}: {@code name:password;name:password}. */
public final class Credentials {
  private Credentials() {}

  /** Passwords by name; what has no colon is left out. */
  public static Map<String, String> of(String text) {
    Map<String, String> accounts = new LinkedHashMap<>();
    for (String account : text.split(";", -1)) {
      int colon = account.indexOf(':');
      if (colon > 0) {
        accounts.put(account.substring(0, colon).strip(), account.substring(colon + 1));
      }
    }
    return Collections.unmodifiableMap(accounts);
  }
}
