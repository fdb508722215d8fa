package dev.weir.admin.sqlite;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.sqlite.Function;

/** What ProxySQL adds to SQLite's functions. */
final class SqlFunctions {
  private static final DateTimeFormatter SECONDS = DateTimeFormatter
      .ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final String SALT_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int SALT = 20;

  private SqlFunctions() {}

  static void addTo(Connection connection, RandomGenerator random, SessionFacts facts)
      throws SQLException {
    Function.create(connection, "VERSION", new Told(facts::version));
    Function.create(connection, "USER", new Told(facts::user));
    Function.create(connection, "CURRENT_USER", new Told(facts::user));
    Function.create(connection, "DATABASE", new Told(facts::schema));
    Function.create(connection, "CONNECTION_ID",
        new Told(() -> Long.toString(facts.connectionId())));
    Function.create(connection, "NOW", new Told(() -> SECONDS.format(Instant.now())));
    Function.create(connection, "UTC_TIMESTAMP", new Told(() -> SECONDS.format(Instant.now())));
    Function.create(connection, "TIMEDIFF", new TimeDifference());
    Function.create(connection, "FROM_UNIXTIME", new FromUnixTime());
    Function.create(connection, "MYSQL_NATIVE_PASSWORD", new NativePassword());
    Function.create(connection, "CACHING_SHA2_PASSWORD", new CachingSha2Password(random));
  }

  /** A password as mysql_native_password stores it. */
  static String nativePassword(String password) {
    if (password.isEmpty()) {
      return "";
    }
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] once = sha1.digest(password.getBytes(StandardCharsets.UTF_8));
      return "*" + HexFormat.of().withUpperCase().formatHex(sha1.digest(once));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }

  /** A function of MySQL's without arguments. */
  private static final class Told extends Function {
    private final Supplier<String> value;

    Told(Supplier<String> value) {
      this.value = value;
    }

    @Override
    protected void xFunc() throws SQLException {
      result(value.get());
    }
  }

  /** Drivers ask for the difference between local time and UTC; here both are UTC. */
  private static final class TimeDifference extends Function {
    @Override
    protected void xFunc() throws SQLException {
      String one = args() == 2 ? value_text(0) : null;
      String other = args() == 2 ? value_text(1) : null;
      if (one == null || other == null) {
        result();
        return;
      }
      try {
        long seconds = Instant.from(SECONDS.parse(one)).getEpochSecond()
            - Instant.from(SECONDS.parse(other)).getEpochSecond();
        long size = Math.abs(seconds);
        result((seconds < 0 ? "-" : "") + String.format(Locale.ROOT, "%02d:%02d:%02d",
            size / 3600, size / 60 % 60, size % 60));
      } catch (DateTimeException e) {
        result();
      }
    }
  }

  private static final class FromUnixTime extends Function {
    @Override
    protected void xFunc() throws SQLException {
      if (args() != 1) {
        error("FROM_UNIXTIME takes one number");
        return;
      }
      long seconds = value_long(0);
      if (Math.abs(seconds) > 253_402_300_799L) { // year 9999
        result();
      } else {
        result(SECONDS.format(Instant.ofEpochSecond(seconds)));
      }
    }
  }

  private static final class NativePassword extends Function {
    @Override
    protected void xFunc() throws SQLException {
      String password = args() == 1 ? value_text(0) : null;
      if (password == null) {
        error("MYSQL_NATIVE_PASSWORD takes a password");
      } else {
        result(nativePassword(password));
      }
    }
  }

  private static final class CachingSha2Password extends Function {
    private final RandomGenerator random;

    CachingSha2Password(RandomGenerator random) {
      this.random = random;
    }

    @Override
    protected void xFunc() throws SQLException {
      String password = args() == 1 || args() == 2 ? value_text(0) : null;
      String salt = args() == 2 ? value_text(1) : salt();
      if (password == null || salt == null) {
        error("CACHING_SHA2_PASSWORD takes a password, and a salt if you like");
      } else if (salt.getBytes(StandardCharsets.UTF_8).length != SALT) {
        error("the salt must have 20 bytes");
      } else {
        result(Sha256Crypt.cachingSha2(password, salt));
      }
    }

    private String salt() {
      StringBuilder salt = new StringBuilder(SALT);
      for (int i = 0; i < SALT; i++) {
        salt.append(SALT_CHARACTERS.charAt(random.nextInt(SALT_CHARACTERS.length())));
      }
      return salt.toString();
    }
  }
}
