package dev.weir.admin.proxysql;

import dev.weir.admin.sqlite.RuntimeFacts.ModuleChecksum;
import dev.weir.core.config.mysql.ConfigTable;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A version, a time and a checksum for each module, which each LOAD TO RUNTIME renews. Equal tables have equal checksums
 * in every Weir; they are not those of ProxySQL. Confined to the admin thread.
 */
final class Checksums {
  private static final List<MysqlModule> SHOWN = List.of(MysqlModule.ADMIN_VARIABLES,
      MysqlModule.QUERY_RULES, MysqlModule.SERVERS, MysqlModule.USERS, MysqlModule.MYSQL_VARIABLES,
      MysqlModule.PROXYSQL_SERVERS);

  private final InstantSource clock;
  private final Map<MysqlModule, ModuleChecksum> sums = new EnumMap<>(MysqlModule.class);

  Checksums(InstantSource clock) {
    this.clock = clock;
  }

  void renew(MysqlModule module, MysqlConfig config) {
    ModuleChecksum before = sums.get(module);
    sums.put(module,
        new ModuleChecksum(module.checksumName(), before == null ? 1 : before.version() + 1,
            clock.instant().getEpochSecond(), shown(of(module, config))));
  }

  /** The rows of {@code runtime_checksums_values}. */
  List<ModuleChecksum> all() {
    Map<String, ModuleChecksum> rows = new TreeMap<>();
    rows.put("ldap_variables", new ModuleChecksum("ldap_variables", 0, 0, ""));
    for (MysqlModule module : SHOWN) {
      ModuleChecksum sum = sums.get(module);
      if (sum != null) {
        rows.put(sum.name(), sum);
      }
    }
    ModuleChecksum servers = sums.get(MysqlModule.SERVERS);
    if (servers != null) {
      rows.put("mysql_servers_v2", new ModuleChecksum("mysql_servers_v2", servers.version(),
          servers.epochSeconds(), servers.checksum()));
    }
    return List.copyOf(rows.values());
  }

  long version(MysqlModule module) {
    ModuleChecksum sum = sums.get(module);
    return sum == null ? 0 : sum.version();
  }

  /** One number over all of them. */
  long global() {
    MessageDigest sha = sha256();
    for (ModuleChecksum sum : all()) {
      add(sha, sum.name());
      add(sha, sum.checksum());
    }
    return number(sha);
  }

  private static long of(MysqlModule module, MysqlConfig config) {
    MessageDigest sha = sha256();
    for (ConfigTable<?> table : module.tables()) {
      add(sha, table, config);
    }
    if (!module.prefix().isEmpty()) {
      config.variables().all().forEach((name, value) -> {
        if (name.startsWith(module.prefix())) {
          add(sha, name);
          add(sha, value);
        }
      });
    }
    return number(sha);
  }

  private static <R> void add(MessageDigest sha, ConfigTable<R> table, MysqlConfig config) {
    add(sha, table.name());
    for (R row : config.rows(table)) {
      table.write(row).forEach(value -> add(sha, value));
    }
  }

  /** The checksum of rows as a statement answers them. */
  static String ofRows(List<List<@Nullable String>> rows) {
    MessageDigest sha = sha256();
    rows.forEach(row -> row.forEach(value -> add(sha, value)));
    return shown(number(sha));
  }

  private static void add(MessageDigest sha, @Nullable String value) {
    byte[] bytes = value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
    sha.update(ByteBuffer.allocate(5).put((byte) (value == null ? 0 : 1)).putInt(bytes.length)
        .array());
    sha.update(bytes);
  }

  private static long number(MessageDigest sha) {
    return ByteBuffer.wrap(sha.digest()).getLong();
  }

  private static String shown(long sum) {
    return String.format(Locale.ROOT, "0x%016X", sum);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
