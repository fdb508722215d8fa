package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code mysql_galera_hostgroups} asks for is what a real cluster's nodes are used for, told at the admin port. */
@EnabledIfSystemProperty(named = "weir.galera", matches = "true", disabledReason = "needs -Pgalera: a cluster takes a minute")
final class GaleraRolesIT {
  @RegisterExtension static final GaleraCluster cluster = GaleraCluster.ofThree();

  private static GaleraWeir weir;

  @BeforeAll
  static void start() throws Exception {
    weir = GaleraWeir.start(cluster);
    cluster.node(0).execute("create table app.t (n int primary key auto_increment)");
    weir.awaitWhole();
  }

  @AfterAll
  static void stop() throws Exception {
    if (weir != null) {
      weir.close();
    }
  }

  @BeforeEach
  void asAtFirst() throws SQLException {
    cluster.awaitWhole();
    weir.configure("SET mysql-weir_sticky_writer = 'false'", "LOAD MYSQL VARIABLES TO RUNTIME");
    set("max_writers = 1, writer_is_also_reader = 2, max_transactions_behind = 100");
    GaleraWeir.until("the best node writes", () -> online(GaleraWeir.WRITER).equals("0"));
    weir.configure("SET mysql-weir_sticky_writer = 'true'", "LOAD MYSQL VARIABLES TO RUNTIME");
  }

  private static void set(String values) throws SQLException {
    weir.configure("UPDATE mysql_galera_hostgroups SET " + values,
        "LOAD MYSQL SERVERS TO RUNTIME");
  }

  /** Numbers of the nodes that are ONLINE in the hostgroup. */
  private static String online(int hostgroup) throws SQLException {
    StringBuilder numbers = new StringBuilder();
    for (GaleraCluster.Node node : weir.online(hostgroup)) {
      numbers.append(cluster.nodes().indexOf(node));
    }
    return numbers.toString();
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 0, 12, ''", "1, 1, 0, 12, 012", "1, 2, 0, 12, 12", "2, 0, 01, 2, ''",
    "2, 1, 01, 2, 012", "2, 2, 01, 2, 2", "3, 1, 012, '', 012", "0, 2, '', 012, 012"})
  void whoWritesStandsByAndReads(int maxWriters, int also, String writers, String backups,
      String readers) throws Exception {
    set("max_writers = " + maxWriters + ", writer_is_also_reader = " + also);
    GaleraWeir.until("roles", () -> online(GaleraWeir.WRITER).equals(writers)
        && online(GaleraWeir.BACKUP).equals(backups) && online(GaleraWeir.READER).equals(readers));
    if (maxWriters > 0) { // else drivers, whose first words go to the writer, do not get far
      assertThat(whoAnswers("SELECT @@port FROM DUAL FOR UPDATE")).isSubsetOf(ports(writers));
    }
    if (maxWriters > 0 && !readers.isEmpty()) {
      assertThat(whoAnswers("SELECT @@port FROM DUAL")).isSubsetOf(ports(readers));
    }
  }

  private static List<String> ports(String numbers) {
    return numbers.chars()
        .mapToObj(number -> Integer.toString(cluster.node(number - '0').port())).toList();
  }

  private static List<String> whoAnswers(String sql) throws SQLException {
    try (Connection client = weir.connect()) {
      List<String> ports = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        ports.add(String.valueOf(MysqlWeir.value(client, sql)));
      }
      return ports;
    }
  }

  @Test
  void aReadOnlyNodeReadsAndNeverWrites() throws Exception {
    cluster.node(0).execute("set global read_only = 1");
    try {
      GaleraWeir.until("another writer", () -> online(GaleraWeir.WRITER).equals("1"));
      assertThat(online(GaleraWeir.READER)).isEqualTo("02");
      assertThat(online(GaleraWeir.BACKUP)).isEqualTo("2");
    } finally {
      cluster.node(0).execute("set global read_only = 0");
    }
    GaleraWeir.until("it stands by", () -> online(GaleraWeir.BACKUP).equals("02"));
    assertThat(online(GaleraWeir.WRITER)).as("sticky").isEqualTo("1");
  }

  @Test
  void withoutStickinessTheBestNodeTakesTheRoleBack() throws Exception {
    weir.configure("SET mysql-weir_sticky_writer = 'false'", "LOAD MYSQL VARIABLES TO RUNTIME");
    cluster.node(0).desync(true);
    GaleraWeir.until("another writer", () -> online(GaleraWeir.WRITER).equals("1"));
    cluster.node(0).desync(false);
    GaleraWeir.until("the best writes again", () -> online(GaleraWeir.WRITER).equals("0"));
  }

  @Test
  void aWriterThatLagsForLongIsReplacedAndABurstIsNot() throws Exception {
    set("max_transactions_behind = 5");
    // Nothing is applied on the writer while somebody holds this lock; what others commit queues up there.
    try (Connection holder = cluster.node(0).connect()) {
      MysqlWeir.run(holder, "flush tables with read lock");
      for (int i = 0; i < 20; i++) {
        cluster.node(1).execute("insert into app.t values ()");
      }
      assertThat(Integer.parseInt(cluster.node(0).status("wsrep_local_recv_queue")))
          .isGreaterThan(5);
      GaleraWeir.until("another writer", () -> online(GaleraWeir.WRITER).equals("1"));
      assertThat(online(GaleraWeir.OFFLINE)).isEqualTo("0");
      MysqlWeir.run(holder, "unlock tables");
    }
    GaleraWeir.until("it stands by", () -> online(GaleraWeir.BACKUP).equals("02"));
    assertThat(online(GaleraWeir.WRITER)).as("sticky").isEqualTo("1");
  }

  @Test
  void aNodeThatRefusesQueriesIsOffline() throws Exception {
    cluster.node(2).execute("set global wsrep_reject_queries = 'ALL'");
    try {
      GaleraWeir.until("offline", () -> online(GaleraWeir.OFFLINE).equals("2"));
      assertThat(online(GaleraWeir.READER)).isEqualTo("1");
    } finally {
      cluster.node(2).execute("set global wsrep_reject_queries = 'NONE'");
    }
    GaleraWeir.until("it stands by", () -> online(GaleraWeir.BACKUP).equals("12"));
  }

  @Test
  void theLastNodeWritesEvenIfItIsDesynced() throws Exception {
    cluster.node(0).desync(true);
    cluster.node(1).desync(true);
    cluster.node(2).desync(true);
    try {
      GaleraWeir.until("one writes", () -> online(GaleraWeir.WRITER).length() == 1);
      try (Connection client = weir.connect()) {
        MysqlWeir.run(client, "INSERT INTO t VALUES ()");
      }
    } finally {
      for (GaleraCluster.Node node : cluster.nodes()) {
        node.desync(false);
      }
    }
    weir.awaitWhole();
  }
}
