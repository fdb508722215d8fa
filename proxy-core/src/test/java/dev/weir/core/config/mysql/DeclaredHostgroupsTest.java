package dev.weir.core.config.mysql;

import dev.weir.core.config.Config;
import dev.weir.core.config.ConfigException;
import dev.weir.core.config.ConfigReader;
import dev.weir.core.config.mysql.DeclaredHostgroups.Declared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class DeclaredHostgroupsTest {
  private static final int FIRST = DeclaredHostgroups.FIRST;

  @TempDir Path folder;

  private Config config(String... lines) throws IOException, ConfigException {
    Path file = folder.resolve("weir.ini");
    Files.writeString(file, "[mysql_databases]\n" + String.join("\n", lines)
        + "\n[pgbouncer]\n[weir]\nmysql_monitor_user = watch\n");
    return ConfigReader.read(file, null);
  }

  private static @Nullable Integer first(DeclaredHostgroups in, String name) {
    Declared found = in.find(name);
    return found == null ? null : found.first();
  }

  @Test
  void aLineKeepsItsNumbersAsLongAsItStays() throws Exception {
    DeclaredHostgroups one = DeclaredHostgroups.NONE
        .next(config("a = host=h", "b = host=h", "* = host=h"));
    assertThat(first(one, "a")).isEqualTo(FIRST);
    assertThat(first(one, "b")).isEqualTo(FIRST + 4);
    assertThat(first(one, "*")).isEqualTo(FIRST + 8);

    DeclaredHostgroups two = one.next(config("c = host=h", "b = host=other", "* = host=h"));
    assertThat(first(two, "a")).isNull();
    assertThat(first(two, "b")).isEqualTo(FIRST + 4);
    assertThat(first(two, "c")).as("the number that became free").isEqualTo(FIRST);
    assertThat(first(two, "*")).isEqualTo(FIRST + 8);
  }

  @Test
  void serversStandBehindThoseOfTheTables() throws Exception {
    ServerRow own = new ServerRow(0, "own", 3306, 0, "ONLINE", 1, false, 1000, 0, false, 0, "");
    MysqlConfig tables = MysqlConfig.defaults().with(ConfigTables.SERVERS, List.of(own));

    List<ServerRow> servers = DeclaredHostgroups.NONE
        .next(config("a = host=h1,h2:3307,h1 use_ssl=on")).over(tables).servers();

    assertThat(servers).hasSize(3).startsWith(own);
    assertThat(servers.subList(1, 3))
        .extracting(ServerRow::hostgroupId, ServerRow::hostname, ServerRow::port,
            ServerRow::useSsl, ServerRow::comment)
        .containsExactly(tuple(FIRST, "h1", 3306, true, "[mysql_databases] a"),
            tuple(FIRST, "h2", 3307, true, "[mysql_databases] a"));
  }

  @Test
  void aTopologyHasHostgroupsForItsRoles() throws Exception {
    MysqlConfig whole = DeclaredHostgroups.NONE
        .next(config("g = host=h topology=galera max_writers=2", "r = host=h topology=replication",
            "m = host=h topology=group_replication"))
        .over(MysqlConfig.defaults());

    assertThat(whole.rows(ConfigTables.GALERA_HOSTGROUPS)).containsExactly(new ClusterHostgroups(
        FIRST, FIRST + 1, FIRST + 2, FIRST + 3, true, 2, 2, 0, "[mysql_databases] g"));
    assertThat(whole.rows(ConfigTables.REPLICATION_HOSTGROUPS))
        .containsExactly(new ReplicationHostgroups(FIRST + 4, FIRST + 6, "read_only",
            "[mysql_databases] r"));
    assertThat(whole.rows(ConfigTables.GROUP_REPLICATION_HOSTGROUPS))
        .containsExactly(new ClusterHostgroups(FIRST + 8, FIRST + 9, FIRST + 10, FIRST + 11, true,
            1, 2, 0, "[mysql_databases] m"));
    assertThat(whole.servers()).extracting(ServerRow::hostgroupId)
        .as("who may be written to is found out first")
        .containsExactly(FIRST, FIRST + 6, FIRST + 8);
  }

  @Test
  void withoutLinesTheTablesAreAllThereIs() throws Exception {
    MysqlConfig tables = MysqlConfig.defaults();
    assertThat(DeclaredHostgroups.NONE.next(config()).over(tables)).isSameAs(tables);
  }

  @Test
  void theRangeIsOurs() {
    assertThat(DeclaredHostgroups.isReserved(FIRST - 1)).isFalse();
    assertThat(DeclaredHostgroups.isReserved(FIRST)).isTrue();
  }
}
