package dev.weir.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nodes of a real cluster die, leave, hang and return under the transfers of a {@link Ledger} through Weir. Nothing that
 * was acknowledged is lost and nothing is done twice, whatever happens; the errors that clients saw are printed, and
 * written to {@code target/galera.md}.
 */
@EnabledIfSystemProperty(named = "weir.galera", matches = "true", disabledReason = "needs -Pgalera: a cluster takes a minute")
final class GaleraLedgerIT {
  @RegisterExtension static final GaleraCluster cluster = GaleraCluster.ofThree();

  private static final List<String> ROWS = new ArrayList<>();
  private static GaleraWeir weir;
  private static Ledger ledger;

  @BeforeAll
  static void start() throws Exception {
    weir = GaleraWeir.start(cluster);
    ledger = Ledger.create(cluster.node(0), weir::connect);
    weir.awaitWhole();
  }

  @AfterAll
  static void report() throws Exception {
    if (weir != null) {
      weir.close();
    }
    String table = LedgerTally.HEADER + "\n" + String.join("\n", ROWS) + "\n";
    System.out.println(table);
    Files.writeString(Path.of("target", "galera.md"), table, StandardCharsets.UTF_8);
  }

  private interface Fault {
    void happens() throws Exception;
  }

  /** Under load; then all is whole again, and the books are right. */
  private static LedgerTally during(String what, Fault fault) throws Exception {
    cluster.awaitWhole();
    weir.awaitWhole();
    LedgerTally tally;
    try {
      ledger.start();
      fault.happens();
      ledger.awaitWork();
    } finally {
      tally = ledger.stop();
      ROWS.add(tally.row(what));
      System.out.println(tally.row(what) + "\n  " + tally.details());
    }
    cluster.awaitWhole();
    for (GaleraCluster.Node node : cluster.nodes()) {
      ledger.verify(node);
    }
    return tally;
  }

  private static GaleraCluster.Node reader() throws Exception {
    return weir.readers().getFirst();
  }

  // --- the writer ---

  @Test
  void theWriterIsKilled() throws Exception {
    during("writer killed (-9), started again", () -> {
      GaleraCluster.Node old = weir.writer();
      old.crash();
      GaleraCluster.Node now = weir.awaitWriterOtherThan(old);
      ledger.awaitWork();
      old.rejoin();
      weir.awaitStandingBy(old);
      assertThat(weir.writer()).as("the writer stays").isSameAs(now);
    });
  }

  @Test
  void theWriterIsStopped() throws Exception {
    during("writer stopped cleanly, started again", () -> {
      GaleraCluster.Node old = weir.writer();
      old.stop();
      GaleraCluster.Node now = weir.awaitWriterOtherThan(old);
      ledger.awaitWork();
      old.rejoin();
      weir.awaitStandingBy(old);
      assertThat(weir.writer()).as("the writer stays").isSameAs(now);
    });
  }

  @Test
  void theWriterIsDesynced() throws Exception {
    LedgerTally tally = during("writer desynced (wsrep_desync=ON)", () -> {
      GaleraCluster.Node old = weir.writer();
      old.desync(true);
      GaleraCluster.Node now = weir.awaitWriterOtherThan(old);
      ledger.awaitWork();
      old.desync(false);
      weir.awaitStandingBy(old);
      assertThat(weir.writer()).as("the writer stays").isSameAs(now);
    });
    assertUnseen(tally);
  }

  @Test
  void theWriterIsCutOff() throws Exception {
    during("writer cut off from the others (non-primary)", () -> {
      GaleraCluster.Node old = weir.writer();
      old.isolate(true);
      GaleraCluster.Node now = weir.awaitWriterOtherThan(old);
      ledger.awaitWork();
      old.isolate(false);
      weir.awaitStandingBy(old);
      assertThat(weir.writer()).as("the writer stays").isSameAs(now);
    });
  }

  @Test
  void theWriterHangs() throws Exception {
    during("writer hangs (kill -STOP), goes on", () -> {
      GaleraCluster.Node old = weir.writer();
      old.freeze();
      GaleraCluster.Node now;
      try {
        now = weir.awaitWriterOtherThan(old);
        ledger.awaitWork();
      } finally {
        old.thaw();
      }
      weir.awaitStandingBy(old);
      assertThat(weir.writer()).as("the writer stays").isSameAs(now);
    });
  }

  @Test
  void theWriterIsDrained() throws Exception {
    LedgerTally tally = during("writer drained (OFFLINE_SOFT), and back", () -> {
      GaleraCluster.Node old = weir.writer();
      weir.configure("UPDATE mysql_servers SET status = 'OFFLINE_SOFT' WHERE port = " + old.port(),
          "LOAD MYSQL SERVERS TO RUNTIME");
      GaleraCluster.Node now = weir.awaitWriterOtherThan(old);
      GaleraWeir.until("nobody is left on " + old.name(),
          () -> weir.admin("SELECT SUM(ConnUsed + ConnFree) FROM stats_mysql_connection_pool"
              + " WHERE srv_port = " + old.port()).equals(List.of("0")));
      ledger.awaitWork();
      weir.configure("UPDATE mysql_servers SET status = 'ONLINE'", "LOAD MYSQL SERVERS TO RUNTIME");
      weir.awaitStandingBy(old);
      assertThat(weir.writer()).as("the writer stays").isSameAs(now);
    });
    assertUnseen(tally);
  }

  // --- a reader ---

  @Test
  void aReaderIsKilled() throws Exception {
    during("reader killed (-9), started again", () -> {
      GaleraCluster.Node node = reader();
      GaleraCluster.Node writer = weir.writer();
      node.crash();
      weir.awaitOffline(node);
      ledger.awaitWork();
      node.rejoin();
      weir.awaitStandingBy(node);
      assertThat(weir.writer()).as("the writer stays").isSameAs(writer);
    });
  }

  @Test
  void aReaderIsStopped() throws Exception {
    during("reader stopped cleanly, started again", () -> {
      GaleraCluster.Node node = reader();
      node.stop();
      weir.awaitOffline(node);
      ledger.awaitWork();
      node.rejoin();
      weir.awaitStandingBy(node);
    });
  }

  @Test
  void aReaderIsDesynced() throws Exception {
    LedgerTally tally = during("reader desynced (wsrep_desync=ON)", () -> {
      GaleraCluster.Node node = reader();
      node.desync(true);
      weir.awaitOffline(node);
      ledger.awaitWork();
      node.desync(false);
      weir.awaitStandingBy(node);
    });
    assertUnseen(tally);
  }

  @Test
  void aReaderIsCutOff() throws Exception {
    during("reader cut off from the others (non-primary)", () -> {
      GaleraCluster.Node node = reader();
      node.isolate(true);
      weir.awaitOffline(node);
      ledger.awaitWork();
      node.isolate(false);
      weir.awaitStandingBy(node);
    });
  }

  @Test
  void aReaderIsADonor() throws Exception {
    GaleraCluster.Node joiner = weir.readers().get(0);
    GaleraCluster.Node donor = weir.readers().get(1);
    LedgerTally tally = duringJoin("reader is the donor of a node that joins", joiner, donor);
    assertUnseen(tally);
  }

  @Test
  void theWriterIsADonor() throws Exception {
    duringJoin("writer is the donor of a node that joins", reader(), weir.writer());
  }

  /** The joiner has left before, so that only the join is measured. */
  private static LedgerTally duringJoin(String what, GaleraCluster.Node joiner,
      GaleraCluster.Node donor) throws Exception {
    joiner.stop();
    cluster.awaitWhole();
    weir.awaitOffline(joiner);
    LedgerTally tally;
    try {
      ledger.start();
      joiner.joinAnew(donor);
      weir.awaitStandingBy(joiner);
      ledger.awaitWork();
    } finally {
      tally = ledger.stop();
      ROWS.add(tally.row(what));
      System.out.println(tally.row(what) + "\n  " + tally.details());
    }
    cluster.awaitWhole();
    for (GaleraCluster.Node node : cluster.nodes()) {
      ledger.verify(node);
    }
    return tally;
  }

  // --- all ---

  @Test
  void allAreRestartedOneAfterTheOther() throws Exception {
    during("rolling restart of all three", () -> {
      for (GaleraCluster.Node node : cluster.nodes()) {
        node.stop();
        ledger.awaitWork();
        node.rejoin();
        weir.awaitStandingBy(node);
      }
    });
  }

  @Test
  void allAreRestartedOneAfterTheOtherDrainedBefore() throws Exception {
    LedgerTally tally = during("the same, each drained (OFFLINE_SOFT) before", () -> {
      for (GaleraCluster.Node node : cluster.nodes()) {
        weir.configure(
            "UPDATE mysql_servers SET status = 'OFFLINE_SOFT' WHERE port = " + node.port(),
            "LOAD MYSQL SERVERS TO RUNTIME");
        GaleraWeir.until("nobody is left on " + node.name(),
            () -> weir.admin("SELECT SUM(ConnUsed + ConnFree) FROM stats_mysql_connection_pool"
                + " WHERE srv_port = " + node.port()).equals(List.of("0")));
        node.stop();
        ledger.awaitWork();
        node.rejoin();
        weir.configure("UPDATE mysql_servers SET status = 'ONLINE'",
            "LOAD MYSQL SERVERS TO RUNTIME");
        weir.awaitStandingBy(node);
      }
    });
    assertUnseen(tally);
  }

  /** Nobody saw an error but conflicts between transactions, which are the application's to repeat. */
  private static void assertUnseen(LedgerTally tally) throws IOException {
    assertThat(tally.errors()).as(tally.details()).isZero();
    assertThat(tally.disconnects()).isZero();
  }
}
