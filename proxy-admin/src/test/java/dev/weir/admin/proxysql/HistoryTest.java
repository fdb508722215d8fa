package dev.weir.admin.proxysql;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** stats_history: samples, hours, days, and what goes. */
class HistoryTest {
  /** The first second of a day. */
  private static final long MIDNIGHT = 1_700_006_400;
  private static final long HOUR = 3600;
  private static final long DAY = 24 * HOUR;

  @TempDir Path directory;
  private AdminPort port;

  @BeforeEach
  void open() throws Exception {
    port = AdminPort.in(directory, null, AdminOptions.Saved.KEPT);
  }

  @AfterEach
  void close() {
    port.close();
  }

  @Test
  void samplesAreTakenAtTheirIntervals() {
    for (long second = 0; second <= 121; second++) {
      port.keepHistory(MIDNIGHT + second);
    }

    assertThat(port.rows(
        "SELECT timestamp, Client_Connections_connected, Questions, Slow_queries FROM stats_history.mysql_connections"))
        .containsExactly(MIDNIGHT + 60 + "|2|1234|0", MIDNIGHT + 120 + "|2|1234|0");
    assertThat(port.rows(
        "SELECT timestamp - " + MIDNIGHT
            + ", hostgroup, srv_host, status, ConnUsed, Latency_us FROM history_stats_mysql_connection_pool ORDER BY 1, 2"))
        .containsExactly("60|1|10.0.0.1|ONLINE|2|350", "60|2|10.0.0.2|SHUNNED|0|0",
            "120|1|10.0.0.1|ONLINE|2|350", "120|2|10.0.0.2|SHUNNED|0|0");
    assertThat(port.rows("SELECT COUNT(*), MIN(tms_utime) > 0 FROM system_cpu"))
        .containsExactly("2|1");
    assertThat(port.rows(
        "SELECT variable_name, variable_value, COUNT(*) FROM history_mysql_status_variables JOIN history_mysql_status_variables_lookup USING (variable_id) GROUP BY 1, 2"))
        .containsExactlyInAnyOrder("ProxySQL_Uptime|77|2", "Client_Connections_connected|2|2",
            "Questions|1234|2");
  }

  @Test
  void whatTheProxyDoesNotKnowHasNoRow() {
    port.keepHistory(MIDNIGHT);
    port.keepHistory(MIDNIGHT + 60);

    for (String table : List.of("mysql_query_cache", "myhgm_connections", "system_memory")) {
      assertThat(port.rows("SELECT * FROM stats_history." + table)).as(table).isEmpty();
    }
  }

  @Test
  void theVariableIsTheInterval() {
    port.change("SET admin-stats_mysql_connections = 10");
    port.change("SET admin-stats_system_cpu = 0");
    port.change("LOAD ADMIN VARIABLES TO RUNTIME");
    for (long second = 0; second <= 60; second += 5) {
      port.keepHistory(MIDNIGHT + second);
    }

    assertThat(port.rows("SELECT COUNT(*) FROM mysql_connections")).containsExactly("6");
    assertThat(port.rows("SELECT COUNT(*) FROM system_cpu")).containsExactly("0");
  }

  @Test
  void aClockThatIsSetBackDoesNotStopTheSamples() {
    port.keepHistory(MIDNIGHT);
    port.keepHistory(MIDNIGHT - DAY);
    port.keepHistory(MIDNIGHT - DAY + 60);

    assertThat(port.rows("SELECT timestamp FROM mysql_connections"))
        .containsExactly(String.valueOf(MIDNIGHT - DAY + 60));
  }

  @Test
  void wholeHoursAndDaysBecomeRows() {
    port.keepHistory(MIDNIGHT);
    for (long hour = 0; hour < 24; hour++) {
      for (long quarter = 0; quarter < 4; quarter++) {
        port.mysql.clients = hour + quarter; // mean 1.5 above the hour
        port.mysql.questions = 1000 * hour + quarter;
        port.keepHistory(MIDNIGHT + hour * HOUR + quarter * 900 + 60);
      }
    }
    assertThat(port.rows("SELECT COUNT(*) FROM mysql_connections_hour")).containsExactly("23");
    assertThat(port.rows("SELECT COUNT(*) FROM mysql_connections_day")).containsExactly("0");

    port.keepHistory(MIDNIGHT + DAY + 60);
    port.keepHistory(MIDNIGHT + DAY + 120);

    assertThat(port.rows(
        "SELECT timestamp, Client_Connections_connected, Questions FROM mysql_connections_hour WHERE timestamp IN ("
            + MIDNIGHT + ", " + (MIDNIGHT + 23 * HOUR) + ")"))
        .containsExactly(MIDNIGHT + "|1|3", MIDNIGHT + 23 * HOUR + "|24|23003");
    assertThat(port.rows("SELECT COUNT(*) FROM mysql_connections_hour")).containsExactly("24");
    assertThat(port.rows(
        "SELECT timestamp, Client_Connections_connected, Questions FROM mysql_connections_day"))
        .containsExactly(MIDNIGHT + "|12|23003");
  }

  @Test
  void whatIsTooOldGoes() {
    port.keepHistory(MIDNIGHT);
    port.keepHistory(MIDNIGHT + 60);
    port.keepHistory(MIDNIGHT + 8 * DAY);

    for (String table : List.of("mysql_connections", "system_cpu")) {
      assertThat(port.rows("SELECT timestamp FROM " + table)).as(table)
          .containsExactly(String.valueOf(MIDNIGHT + 8 * DAY));
      assertThat(port.rows("SELECT timestamp FROM " + table + "_hour")).as(table)
          .containsExactly(String.valueOf(MIDNIGHT));
    }
    assertThat(port.rows("SELECT DISTINCT timestamp FROM history_mysql_status_variables"))
        .containsExactly(String.valueOf(MIDNIGHT + 8 * DAY));
    assertThat(port.rows("SELECT DISTINCT timestamp FROM history_stats_mysql_connection_pool"))
        .containsExactly(String.valueOf(MIDNIGHT + 8 * DAY));

    port.keepHistory(MIDNIGHT + 400 * DAY);
    assertThat(port.rows("SELECT timestamp FROM mysql_connections_hour")).isEmpty();
    assertThat(port.rows("SELECT timestamp FROM mysql_connections_day"))
        .containsExactly(String.valueOf(MIDNIGHT), String.valueOf(MIDNIGHT + 8 * DAY));
  }

  @Test
  void digestsAreMovedToDisk() throws Exception {
    assertThat(port.change("SAVE MYSQL DIGEST TO DISK")).isEqualTo(1);

    assertThat(port.mysql.calls).containsExactly("reset digests");
    assertThat(port.rows(
        "SELECT dump_time > 1700000000, digest, digest_text, count_star, sum_time FROM stats_history.history_mysql_query_digest"))
        .containsExactly("1|0x1C46AE529DD5A40E|SELECT ?|10|5000");
    port.close();
    port = AdminPort.in(directory, null, AdminOptions.Saved.KEPT);
    assertThat(port.rows("SELECT COUNT(*) FROM history_mysql_query_digest")).containsExactly("1");
  }

  @Test
  void digestsAreDumpedAtAnInterval() {
    port.keepHistory(MIDNIGHT);
    port.keepHistory(MIDNIGHT + 600);
    assertThat(port.rows("SELECT * FROM history_mysql_query_digest")).isEmpty();

    port.change("SET admin-stats_mysql_query_digest_to_disk = 300");
    port.change("LOAD ADMIN VARIABLES TO RUNTIME");
    port.keepHistory(MIDNIGHT + 900);
    assertThat(port.rows("SELECT dump_time FROM history_mysql_query_digest"))
        .containsExactly(String.valueOf(MIDNIGHT + 900));
  }

  @Test
  void whoMayReadStatisticsSeesTheHistory() {
    port.keepHistory(MIDNIGHT);
    port.keepHistory(MIDNIGHT + 60);

    assertThat(port.rows(AdminPort.READER, "SELECT Questions FROM stats_history.mysql_connections"))
        .containsExactly("1234");
  }

  @Test
  void theKernelsLineIsRead() {
    assertThat(CpuTimes.of("1 (a ) b) S 1 2 3 4 5 6 7 8 9 10 71 12 13 14"))
        .isEqualTo(Map.of("tms_utime", 71L, "tms_stime", 12L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ")", "1 (a) S 1 2", "1 (a) S 1 2 3 4 5 6 7 8 9 10 x 12 13"})
  void aLineThatIsNoneSaysNothing(String line) {
    assertThat(CpuTimes.of(line)).isEmpty();
  }
}
