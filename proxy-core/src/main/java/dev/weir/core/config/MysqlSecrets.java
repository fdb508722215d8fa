package dev.weir.core.config;

import java.util.regex.Pattern;

/** Which secrets of {@code auth_file} a client of MySQL can prove to know. */
public final class MysqlSecrets {
  private static final Pattern OF_POSTGRES = Pattern
      .compile("md5[0-9a-f]{32}|SCRAM-SHA-256\\$.*", Pattern.DOTALL);

  private MysqlSecrets() {}

  /** Whether it is a password, or a hash of MySQL's, and not a hash of PostgreSQL's. */
  public static boolean usable(String secret) {
    return !secret.isEmpty() && !OF_POSTGRES.matcher(secret).matches();
  }
}
