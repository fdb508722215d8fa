package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The rig keeps what it promises; what Weir does in front of it is tested elsewhere. */
@EnabledIfSystemProperty(named = "weir.galera", matches = "true", disabledReason = "needs -Pgalera: a cluster takes a minute")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class GaleraClusterIT {
  @RegisterExtension static final GaleraCluster cluster = GaleraCluster.ofThree();

  @Test
  @Order(1)
  void whatOneNodeCommitsAllNodesHave() throws Exception {
    cluster.node(0).execute("create table app.kept (n int primary key)",
        "insert into app.kept values (1)");
    for (GaleraCluster.Node node : cluster.nodes()) {
      assertThat(node.status("wsrep_cluster_size")).isEqualTo("3");
      assertThat(rows(node)).as(node.name()).isEqualTo("1");
    }
  }

  @Test
  @Order(2)
  void aKilledNodeIsMissedAndComesBackWithWhatItMissed() throws Exception {
    cluster.node(2).crash();
    cluster.awaitWhole();
    cluster.node(0).execute("insert into app.kept values (2)");
    cluster.node(2).rejoin();
    cluster.awaitWhole();
    assertThat(rows(cluster.node(2))).isEqualTo("2");
  }

  @Test
  @Order(3)
  void aStoppedNodeLeavesInOrder() throws Exception {
    cluster.node(1).stop();
    cluster.awaitWhole();
    cluster.node(0).execute("insert into app.kept values (3)");
    cluster.node(1).rejoin();
    cluster.awaitWhole();
    assertThat(rows(cluster.node(1))).isEqualTo("3");
  }

  @Test
  @Order(4)
  void aDesyncedNodeSaysSo() throws Exception {
    cluster.node(1).desync(true);
    try {
      cluster.node(1).awaitStatus("wsrep_local_state", "2");
      assertThat(cluster.node(1).query("select @@global.wsrep_desync")).isEqualTo("1");
    } finally {
      cluster.node(1).desync(false);
    }
    cluster.node(1).awaitSynced();
  }

  @Test
  @Order(5)
  void anIsolatedNodeIsNotPrimaryAndRefusesQueries() throws Exception {
    GaleraCluster.Node cut = cluster.node(2);
    cut.isolate(true);
    try {
      cut.awaitStatus("wsrep_cluster_status", "non-Primary");
      try (Connection connection = cut.connect();
          Statement statement = connection.createStatement()) {
        assertThatExceptionOfType(SQLException.class)
            .isThrownBy(() -> statement.execute("select * from app.kept"))
            .matches(e -> e.getErrorCode() == 1047);
      }
    } finally {
      cut.isolate(false);
    }
    cut.awaitStatus("wsrep_cluster_status", "Primary");
    cluster.awaitWhole();
  }

  private static String rows(GaleraCluster.Node node) throws SQLException {
    // Waits until what the others had committed when it was asked is applied.
    try (Connection connection = node.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set wsrep_sync_wait = 1");
      try (var result = statement.executeQuery("select count(*) from app.kept")) {
        result.next();
        return result.getString(1);
      }
    }
  }
}
