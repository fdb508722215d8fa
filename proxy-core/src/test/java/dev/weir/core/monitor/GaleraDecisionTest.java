package dev.weir.core.monitor;

import dev.weir.core.backend.Ailment;
import dev.weir.core.backend.ClusterHostgroups;
import dev.weir.core.backend.Decision;
import dev.weir.core.backend.Placement;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.Topology;
import dev.weir.core.backend.WriterIsAlsoReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.core.monitor.Clusters.A;
import static dev.weir.core.monitor.Clusters.B;
import static dev.weir.core.monitor.Clusters.C;
import static dev.weir.core.monitor.Clusters.NOW;
import static dev.weir.core.monitor.Clusters.WRITER;
import static dev.weir.core.monitor.Clusters.answered;
import static dev.weir.core.monitor.Clusters.failed;
import static dev.weir.core.monitor.Clusters.galera;
import static dev.weir.core.monitor.Clusters.places;
import static dev.weir.core.monitor.Clusters.threeOf;
import static dev.weir.core.monitor.Clusters.timedOut;
import static dev.weir.core.monitor.Clusters.times;
import static org.assertj.core.api.Assertions.assertThat;

final class GaleraDecisionTest {
  private static final ClusterHostgroups ONE_WRITER = galera(1, WriterIsAlsoReader.ONLY_BACKUPS,
      100);
  private static final MonitorSettings SETTINGS = MonitorSettings.DEFAULTS;
  private static final MonitorSettings NOT_STICKY = SETTINGS
      .with(new MonitorSettings.Cluster(false, 3, 3, 3, 3, MonitorSettings.BehindRule.READERS));

  private final Map<ServerAddress, List<ProbeResult<GaleraState>>> results = new HashMap<>();

  @ParameterizedTest
  @CsvSource({
    // local_state, read_only, recv_queue, desync, reject, donor_rejects, primary, maintenance
    "4,0,0,0,0,0,1,0, Writable",
    "2,0,0,0,0,0,1,0, Writable",
    "2,0,0,0,0,1,1,0, Offline",
    "1,0,0,0,0,0,1,0, Offline",
    "3,0,0,0,0,0,1,0, Offline",
    "4,0,0,0,0,0,0,0, Offline",
    "4,0,0,1,0,0,1,0, Leaving",
    "2,0,0,1,0,1,1,0, Leaving",
    "2,0,0,1,1,0,1,0, Offline",
    "4,0,0,0,1,0,1,0, Offline",
    "4,0,0,0,0,0,1,1, Leaving",
    "4,1,0,0,0,0,1,1, Leaving",
    "4,0,0,0,1,0,1,1, Offline",
    "4,1,0,0,0,0,1,0, Reader",
    "4,1,100,0,0,0,1,0, Reader",
    "4,1,101,0,0,0,1,0, Leaving",
    "4,0,101,0,0,0,1,0, Writable"})
  void aNodeIsJudgedByTheFirstConditionThatHolds(int localState, int readOnly, int queue,
      int desync, int reject, int donorRejects, int primary, int maintenance, String verdict) {
    GaleraState state = new GaleraState(localState, readOnly == 1, queue, desync == 1, reject == 1,
        donorRejects == 1, primary == 1, maintenance == 1);
    assertThat(GaleraDecision.verdict(List.of(answered(A, state)), ONE_WRITER, SETTINGS.cluster())
        .getClass().getSimpleName()).isEqualTo(verdict);
  }

  @Test
  void theHighestWeightWritesAndTheOthersStandByAndRead() {
    all(GaleraState.SYNCED);
    assertThat(decided(threeOf(ONE_WRITER))).isEqualTo("W:c W-standby:ab B:ab R:ab");
  }

  @ParameterizedTest
  @CsvSource({"NO, W:c W-standby:ab B:ab", "YES, W:c W-standby:ab B:ab R:abc",
    "ONLY_BACKUPS, W:c W-standby:ab B:ab R:ab"})
  void writersReadAsConfigured(WriterIsAlsoReader also, String expected) {
    all(GaleraState.SYNCED);
    assertThat(decided(threeOf(galera(1, also, 0)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, W-standby:abc B:abc R:abc", "1, W:c W-standby:ab B:ab R:abc",
    "2, W:bc W-standby:a B:a R:abc", "3, W:abc R:abc", "9, W:abc R:abc"})
  void asManyWriteAsMay(int maxWriters, String expected) {
    all(GaleraState.SYNCED);
    assertThat(decided(threeOf(galera(maxWriters, WriterIsAlsoReader.YES, 0))))
        .isEqualTo(expected);
  }

  @Test
  void aReadOnlyNodeOnlyReads() {
    all(GaleraState.SYNCED);
    results.put(C, List.of(answered(C, readOnly())));
    assertThat(decided(threeOf(galera(1, WriterIsAlsoReader.NO, 0))))
        .isEqualTo("W:b W-standby:a B:a R:c");
  }

  @Test
  void anErrorTakesTheWriterOutAtOnceAndABackupWrites() {
    Topology running = running();
    results.put(C, List.of(failed(C, 0, "connection refused")));
    Decision decision = decide(running, SETTINGS);
    assertThat(places(decision.topology())).isEqualTo("W:b W-standby:a B:a R:a O:c");
    assertThat(decision.changes()).anySatisfy(change -> assertThat(change)
        .hasToString("hostgroup 10: c:3306 ONLINE -> absent (check failed: connection refused)"))
        .anySatisfy(change -> assertThat(change)
            .hasToString("hostgroup 10: b:3306 SHUNNED -> ONLINE (writer: synced)"));
  }

  @Test
  void aWrongPasswordOfOursTakesNobodyOut() {
    Topology running = running();
    for (ServerAddress node : List.of(A, B, C)) {
      results.put(node, List.of(failed(node, 1045, "Access denied")));
    }
    assertThat(decide(running, SETTINGS).changesNothing()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1, W:c W-standby:ab B:ab R:ab", "2, W:c W-standby:ab B:ab R:ab",
    "3, W:b W-standby:a B:a R:a O:c"})
  void onlySilenceOverSeveralChecksCounts(int timeouts, String expected) {
    Topology running = running();
    List<ProbeResult<GaleraState>> ofC = new ArrayList<>(times(timeouts, timedOut(C)));
    ofC.add(answered(C, GaleraState.SYNCED));
    results.put(C, ofC);
    assertThat(decided(running)).isEqualTo(expected);
  }

  @Test
  void aNodeInMaintenanceKeepsWhatRunsAndItsRoleGoesOn() {
    Topology running = running();
    results.put(C, List.of(answered(C,
        new GaleraState(4, false, 0, false, false, false, true, true))));
    Topology after = decide(running, SETTINGS).topology();
    assertThat(places(after)).isEqualTo("W:b W-standby:a W-leaving:c B:a R:a O:c");
    results.put(C, List.of(timedOut(C)));
    assertThat(decide(after, SETTINGS).changesNothing()).isTrue();
    results.put(C, List.of(answered(C, GaleraState.SYNCED)));
    assertThat(decided(after)).isEqualTo("W:b W-standby:ac B:ac R:ac");
  }

  @Test
  void aDesyncedNodeKeepsWhatRunsUntilItIsGone() {
    Topology running = running();
    results.put(C, List.of(answered(C,
        new GaleraState(4, false, 0, true, false, false, true, false))));
    Topology after = decide(running, SETTINGS).topology();
    assertThat(places(after)).isEqualTo("W:b W-standby:a W-leaving:c B:a R:a O:c");
    results.put(C, List.of(failed(C, 0, "gone")));
    assertThat(decided(after)).isEqualTo("W:b W-standby:a B:a R:a O:c");
  }

  @Test
  void theWriterStaysWhenABetterNodeComesBack() {
    Topology running = running();
    results.put(C, List.of(failed(C, 0, "gone")));
    Topology without = decide(running, SETTINGS).topology();
    results.put(C, List.of(answered(C, GaleraState.SYNCED)));
    assertThat(decided(without)).isEqualTo("W:b W-standby:ac B:ac R:ac");
    assertThat(places(decide(without, NOT_STICKY).topology()))
        .isEqualTo("W:c W-standby:ab B:ab R:ab");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONNECT_ERRORS", "PING_FAILURES"})
  void aBackupTakesOverFromAWriterThatNobodyReaches(Ailment ailment) {
    Topology shunned = running().withHealth(C, health -> health.with(ailment, NOW));
    Topology after = decide(shunned, SETTINGS).topology();
    assertThat(places(after)).isEqualTo("W:b W-standby:ac B:ac R:ac");
    Topology well = after.withHealth(C, health -> health.without(ailment));
    assertThat(decide(well, SETTINGS).changesNothing()).isTrue();
  }

  @Test
  void aWriterThatLagsForLongIsReplaced() {
    Topology running = running();
    GaleraState full = new GaleraState(4, false, 101, false, false, false, true, false);
    results.put(C, times(2, answered(C, full)));
    assertThat(decide(running, SETTINGS).changesNothing()).isTrue();
    results.put(C, times(3, answered(C, full)));
    assertThat(decided(running)).isEqualTo("W:b W-standby:a W-leaving:c B:a R:a O:c");
    all(full);
    for (ServerAddress node : List.of(A, B, C)) {
      results.put(node, times(3, answered(node, full)));
    }
    assertThat(decided(running)).as("all lag").isEqualTo("W:c W-standby:ab B:ab R:ab");
  }

  @Test
  void theLastNodeWritesEvenIfItIsADonor() {
    Topology running = running();
    results.put(A, List.of(failed(A, 0, "gone")));
    results.put(C, List.of(failed(C, 0, "gone")));
    results.put(B, List.of(answered(B,
        new GaleraState(2, false, 0, true, false, false, true, false))));
    assertThat(decided(running)).isEqualTo("W:b O:ac");
  }

  @ParameterizedTest
  @ValueSource(strings = {"non-primary", "rejects", "donor rejects", "read-only", "stale"})
  void theLastNodeDoesNotWriteIfItMustNot(String why) {
    Topology running = running();
    results.put(A, List.of(failed(A, 0, "gone")));
    results.put(C, List.of(failed(C, 0, "gone")));
    boolean donorRejects = why.equals("donor rejects");
    GaleraState state = new GaleraState(2, why.equals("read-only"), 0, true,
        why.equals("rejects"), donorRejects, !why.equals("non-primary"), false);
    results.put(B, List.of(new ProbeResult<>(ProbeKind.GALERA, B,
        why.equals("stale") ? NOW - 10_000_001 : NOW, 1, new Outcome.Answered<>(state))));
    assertThat(decided(running)).isIn("O:abc", "W-leaving:b R-leaving:b O:abc");
  }

  @ParameterizedTest
  @CsvSource({"OFFLINE_SOFT, W:b W-standby:a W-soft:c B:a R:a",
    "OFFLINE_HARD, W:b W-standby:a W-hard:c B:a R:a"})
  void whomTheOperatorTookOutStaysOutAndIsReplaced(Placement placement, String expected) {
    Topology running = running().placed(WRITER, C, placement);
    assertThat(decided(running)).isEqualTo(expected);
  }

  @Test
  void aNodeThatReturnsHasTheWeightItWasGiven() {
    Topology running = running();
    results.put(C, List.of(failed(C, 0, "gone")));
    Topology without = decide(running, SETTINGS).topology();
    results.put(C, List.of(answered(C, GaleraState.SYNCED)));
    assertThat(decide(without, SETTINGS).topology().attributes(WRITER, C).weight()).isEqualTo(3);
  }

  @Test
  void loadingTheSameConfigurationMovesNoWriter() {
    Topology running = running();
    results.put(C, List.of(failed(C, 0, "gone")));
    Topology without = decide(running, SETTINGS).topology();
    results.put(C, List.of(answered(C, GaleraState.SYNCED)));
    Topology back = decide(without, SETTINGS).topology();
    assertThat(places(back.reconfigured(threeOf(ONE_WRITER)))).isEqualTo(places(back));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverHappensItIsStableAndNeverTooManyWriteNorANodeWithoutQuorum(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      ClusterHostgroups cluster = galera(random.nextInt(4),
          List.of(WriterIsAlsoReader.values()).get(random.nextInt(3)), random.nextInt(2) * 10);
      Topology topology = threeOf(cluster);
      MonitorSettings settings = random.nextBoolean() ? SETTINGS : NOT_STICKY;
      for (int step = 0; step < 12; step++) {
        ServerAddress node = List.of(A, B, C).get(random.nextInt(3));
        List<ProbeResult<GaleraState>> history = new ArrayList<>();
        history.add(anyResult(random, node));
        history.addAll(results.getOrDefault(node, List.of()).stream().limit(5).toList());
        results.put(node, history);
        if (random.nextInt(4) == 0) {
          boolean ails = random.nextBoolean();
          topology = topology.withHealth(node, health -> ails
              ? health.with(Ailment.CONNECT_ERRORS, NOW)
              : health.without(Ailment.CONNECT_ERRORS));
        }
        Topology after = decide(topology, cluster, settings).topology();
        Decision again = decide(after, cluster, settings);
        assertThat(again.changes()).as(after.toString()).isEmpty();
        assertThat(again.topology()).isEqualTo(after);
        var writers = after.in(WRITER).stream()
            .filter(row -> row.placement() == Placement.ONLINE).toList();
        assertThat(writers.size()).isLessThanOrEqualTo(cluster.maxWriters());
        assertThat(writers).noneMatch(row -> isWithoutQuorum(row.address()));
        assertThat(ClusterRoles.members(after, cluster)).containsExactly(A, B, C);
        topology = after;
      }
    }
  }

  private boolean isWithoutQuorum(ServerAddress node) {
    return results.getOrDefault(node, List.of()).stream().findFirst()
        .filter(result -> result.outcome() instanceof Outcome.Answered<GaleraState>(var state)
            && !state.primary())
        .isPresent();
  }

  private static ProbeResult<GaleraState> anyResult(Random random, ServerAddress node) {
    return switch (random.nextInt(6)) {
      case 0 -> failed(node, random.nextBoolean() ? 0 : 1045, "no");
      case 1 -> timedOut(node);
      case 2, 3 -> answered(node, GaleraState.SYNCED);
      default -> answered(node,
          new GaleraState(1 + random.nextInt(4), random.nextBoolean(), random.nextInt(20),
              random.nextInt(4) == 0, random.nextInt(4) == 0, random.nextInt(4) == 0,
              random.nextInt(4) > 0, random.nextInt(4) == 0));
    };
  }

  private Topology running() {
    all(GaleraState.SYNCED);
    return decide(threeOf(ONE_WRITER), SETTINGS).topology();
  }

  private void all(GaleraState state) {
    for (ServerAddress node : List.of(A, B, C)) {
      results.put(node, List.of(answered(node, state)));
    }
  }

  private static GaleraState readOnly() {
    return new GaleraState(4, true, 0, false, false, false, true, false);
  }

  private String decided(Topology topology) {
    return places(decide(topology, SETTINGS).topology());
  }

  private Decision decide(Topology topology, MonitorSettings settings) {
    return decide(topology, topology.clusters().getFirst(), settings);
  }

  private Decision decide(Topology topology, ClusterHostgroups cluster,
      MonitorSettings settings) {
    return GaleraDecision.decide(topology, cluster, results, settings, NOW);
  }
}
