package dev.weir.core.monitor;

import dev.weir.core.backend.Ailment;
import dev.weir.core.backend.ClusterHostgroups;
import dev.weir.core.backend.Decision;
import dev.weir.core.backend.Placement;
import dev.weir.core.backend.ReadOnlyCheck;
import dev.weir.core.backend.ReplicationHostgroups;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.ServerAttributes;
import dev.weir.core.backend.ServerStatus;
import dev.weir.core.backend.Topology;
import dev.weir.core.backend.WriterIsAlsoReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.core.monitor.Clusters.A;
import static dev.weir.core.monitor.Clusters.B;
import static dev.weir.core.monitor.Clusters.C;
import static dev.weir.core.monitor.Clusters.NOW;
import static dev.weir.core.monitor.Clusters.READER;
import static dev.weir.core.monitor.Clusters.WRITER;
import static dev.weir.core.monitor.Clusters.answered;
import static dev.weir.core.monitor.Clusters.failed;
import static dev.weir.core.monitor.Clusters.places;
import static dev.weir.core.monitor.Clusters.threeOf;
import static dev.weir.core.monitor.Clusters.timedOut;
import static dev.weir.core.monitor.Clusters.times;
import static org.assertj.core.api.Assertions.assertThat;

/** Pings, connect errors, read_only, lag, group replication: a row of the tables each. */
final class DecisionsTest {
  private static final MonitorSettings.Replication REPLICATION = MonitorSettings.DEFAULTS
      .replication();
  private static final ReplicationHostgroups PAIR = new ReplicationHostgroups(WRITER, READER,
      ReadOnlyCheck.READ_ONLY, "");

  private static Topology pair() {
    return Topology.of(List.of(Server.of(WRITER, A, ServerAttributes.DEFAULTS),
        Server.of(READER, B, ServerAttributes.DEFAULTS.withWeight(7)),
        Server.of(READER, C, ServerAttributes.DEFAULTS.withMaxReplicationLagSeconds(10))),
        List.of(PAIR), List.of());
  }

  @Test
  void aWritableReplicaJoinsTheWriters() {
    assertThat(readOnly(pair(), true, answered(B, false))).isEqualTo("W:ab R:bc");
    assertThat(readOnly(pair(), false, answered(B, false))).isEqualTo("W:ab R:c");
    Topology after = ReadOnlyDecision.decide(pair(), B,
        Map.of(PAIR, List.of(answered(B, false))), REPLICATION).topology();
    assertThat(after.attributes(WRITER, B).weight()).isEqualTo(7);
  }

  @Test
  void whereWritersOnlyWriteTheGeneralSettingDoesNotCount() {
    ReplicationHostgroups strict = new ReplicationHostgroups(WRITER, READER,
        ReadOnlyCheck.READ_ONLY, "", true);
    Topology topology = Topology.of(pair().servers(), List.of(strict), List.of());

    assertThat(REPLICATION.writerIsAlsoReader()).isTrue();
    assertThat(places(ReadOnlyDecision.decide(topology, B,
        Map.of(strict, List.of(answered(B, false))), REPLICATION).topology()))
        .isEqualTo("W:ab R:c");
  }

  @Test
  void aReadOnlyWriterBecomesAReader() {
    assertThat(readOnly(pair(), true, answered(A, true))).isEqualTo("R:abc");
    assertThat(readOnly(pair(), true, answered(B, true))).isEqualTo("W:a R:bc");
  }

  @Test
  void anErrorMovesNobodyAndThreeTimeoutsDemote() {
    assertThat(readOnly(pair(), true, failed(A, 1045, "denied"))).isEqualTo("W:a R:bc");
    for (int timeouts = 1; timeouts <= 3; timeouts++) {
      Decision decision = ReadOnlyDecision.decide(pair(), A,
          Map.of(PAIR, times(timeouts, Clusters.<Boolean>timedOut(A))), REPLICATION);
      assertThat(places(decision.topology())).isEqualTo(timeouts < 3 ? "W:a R:bc" : "R:abc");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"OFFLINE_SOFT", "OFFLINE_HARD"})
  void whomTheOperatorTookOutIsNotMoved(Placement placement) {
    Topology topology = pair().placed(WRITER, A, placement);
    assertThat(ReadOnlyDecision.concerns(topology, A)).isFalse();
    assertThat(ReadOnlyDecision.decide(topology, A, Map.of(PAIR, List.of(answered(A, true))),
        REPLICATION).changesNothing()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"9, ONLINE", "10, ONLINE", "11, SHUNNED_REPLICATION_LAG"})
  void aReplicaBehindItsLimitIsShunned(long seconds, ServerStatus status) {
    Decision decision = lag(pair(), new ReplicationLag.Seconds(seconds), REPLICATION);
    assertThat(status(decision.topology())).isEqualTo(status);
    assertThat(row(decision.topology(), READER, C).mustBeCut()).isFalse();
  }

  @Test
  void lagIsForgivenOrNotByTheAnswer() {
    Topology lagging = lag(pair(), new ReplicationLag.Unknown(), REPLICATION).topology();
    assertThat(status(lagging)).isEqualTo(ServerStatus.SHUNNED_REPLICATION_LAG);
    assertThat(ReplicationLagDecision.decide(lagging, C, List.of(timedOut(C)), REPLICATION)
        .changesNothing()).isTrue();
    assertThat(lag(lagging, new ReplicationLag.Unknown(), REPLICATION).changesNothing()).isTrue();
    assertThat(status(lag(lagging, new ReplicationLag.NotAReplica(), REPLICATION).topology()))
        .isEqualTo(ServerStatus.ONLINE);
    assertThat(status(lag(lagging, new ReplicationLag.Seconds(10), REPLICATION).topology()))
        .isEqualTo(ServerStatus.ONLINE);
    MonitorSettings.Replication lenient = new MonitorSettings.Replication(3, true, 1, 60,
        Map.of(READER, 0), "");
    assertThat(status(lag(lagging, new ReplicationLag.Unknown(), lenient).topology()))
        .isEqualTo(ServerStatus.ONLINE);
  }

  @Test
  void lagMustLastAsManyChecksAsConfigured() {
    MonitorSettings.Replication twice = new MonitorSettings.Replication(3, true, 2, 60, Map.of(),
        "");
    ProbeResult<ReplicationLag> bad = answered(C, new ReplicationLag.Seconds(99));
    ProbeResult<ReplicationLag> good = answered(C, new ReplicationLag.Seconds(1));
    assertThat(ReplicationLagDecision.decide(pair(), C, List.of(bad, good), twice)
        .changesNothing()).isTrue();
    assertThat(status(
        ReplicationLagDecision.decide(pair(), C, List.of(bad, bad), twice).topology()))
        .isEqualTo(ServerStatus.SHUNNED_REPLICATION_LAG);
  }

  @Test
  void threeFailedPingsShunTheServerEverywhereAndOneGoodOneHeals() {
    Topology both = pair().placed(READER, A, Placement.ONLINE);
    ProbeResult<Boolean> refused = failed(A, 0, "refused");
    MonitorSettings.Ping settings = MonitorSettings.DEFAULTS.ping();
    assertThat(PingDecision.decide(both, A, List.of(refused, timedOut(A)), settings)
        .changesNothing()).isTrue();
    assertThat(PingDecision.decide(both, A, List.of(refused, refused, answered(A, true)), settings)
        .changesNothing()).isTrue();
    Topology shunned = PingDecision.decide(both, A, List.of(refused, timedOut(A), refused),
        settings).topology();
    assertThat(shunned.at(A)).hasSize(2).allMatch(row -> row.status() == ServerStatus.SHUNNED)
        .allMatch(Server::mustBeCut);
    assertThat(PingDecision.decide(shunned, A, times(4, refused), settings).changesNothing())
        .isTrue();
    assertThat(PingDecision.decide(shunned, A, List.of(answered(A, true)), settings).topology())
        .isEqualTo(both);
  }

  @Test
  void aServerThatRefusesOurAccountIsAlive() {
    ProbeResult<Boolean> denied = failed(A, 1045, "denied");
    assertThat(PingDecision.decide(pair(), A, times(3, denied), MonitorSettings.DEFAULTS.ping())
        .changesNothing()).isTrue();
  }

  @Test
  void latencyIsTheMeanOfThreePings() {
    List<ProbeResult<Boolean>> results = new ArrayList<>(List.of(timedOut(A)));
    assertThat(PingDecision.latencyMicros(results)).isEqualTo(OptionalLong.empty());
    for (long micros : new long[]{100, 200, 600, 100_000}) {
      results.add(new ProbeResult<>(ProbeKind.PING, A, NOW, micros, new Outcome.Answered<>(true)));
    }
    assertThat(PingDecision.latencyMicros(results)).isEqualTo(OptionalLong.of(300));
  }

  @Test
  void connectErrorsShunForAWhile() {
    MonitorSettings.Shunning settings = MonitorSettings.Shunning.of(5, 10, 10, 10_000);
    assertThat(settings).isEqualTo(new MonitorSettings.Shunning(5, Duration.ofSeconds(9)));
    assertThat(MonitorSettings.Shunning.of(5, 1, 10, 1000))
        .isEqualTo(new MonitorSettings.Shunning(2, Duration.ofSeconds(1)));
    Topology shunned = ConnectErrorDecision.shun(pair(), A, 5, "refused", NOW).topology();
    assertThat(shunned.usable(WRITER)).isEmpty();
    assertThat(row(shunned, WRITER, A).mustBeCut()).isFalse();
    assertThat(ConnectErrorDecision.recover(shunned, settings, NOW + 8_999_999).changesNothing())
        .isTrue();
    assertThat(ConnectErrorDecision.recover(shunned, settings, NOW + 9_000_000).topology())
        .isEqualTo(pair());
    long rest = settings.lastResortAfter().toNanos() / 1000;
    assertThat(shunned.lastResort(WRITER, NOW + rest - 1, rest)).isEmpty();
    assertThat(shunned.lastResort(WRITER, NOW + rest, rest)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"0,true", "1040,true", "1047,true", "1053,true", "1129,false", "2002,true",
    "2013,true", "1045,false", "1044,false", "1049,false", "1064,false", "1146,false",
    "1203,false", "1226,false", "3118,false"})
  void errorsOfLoginsAndStatementsDoNotCount(int code, boolean counts) {
    assertThat(ConnectErrorDecision.counts(code)).isEqualTo(counts);
  }

  @ParameterizedTest
  @CsvSource({"true,false,0, W:c W-standby:ab B:ab R:ab", "true,true,0, W:b W-standby:a B:a R:ac",
    "false,false,0, W:b W-standby:a B:a R:a O:c"})
  void membersOfAGroupHaveTheirPlaces(boolean viable, boolean readOnly, long behind,
      String expected) {
    assertThat(places(group(List.of(answered(C, new GroupMemberState(viable, readOnly, behind))),
        MonitorSettings.BehindRule.READERS))).isEqualTo(expected);
  }

  @Test
  void aMemberOfAGroupThatIsSilentOrBrokenIsOffline() {
    String offline = "W:b W-standby:a B:a R:a O:c";
    assertThat(places(group(List.of(failed(C, 0, "gone")), MonitorSettings.BehindRule.READERS)))
        .isEqualTo(offline);
    assertThat(places(group(times(3, timedOut(C)), MonitorSettings.BehindRule.READERS)))
        .isEqualTo(offline);
    assertThat(places(group(times(2, timedOut(C)), MonitorSettings.BehindRule.READERS)))
        .isEqualTo("W:c W-standby:ab B:ab R:ab");
  }

  @ParameterizedTest
  @CsvSource({"READERS,true,2,ONLINE", "READERS,true,3,SHUNNED",
    "READERS,true,6,SHUNNED_REPLICATION_LAG", "READERS,false,6,ONLINE", "WRITERS,true,6,ONLINE",
    "BOTH,true,3,SHUNNED"})
  void aMemberOfAGroupFarBehindIsShunned(MonitorSettings.BehindRule rule, boolean readOnly,
      int times, ServerStatus status) {
    Topology after = group(times(times, answered(C, new GroupMemberState(true, readOnly, 11))),
        rule);
    assertThat(row(after, readOnly ? READER : WRITER, C).status()).isEqualTo(status);
  }

  @Test
  void aBackupTakesOverFromAWriterOfAGroupThatIsFarBehind() {
    assertThat(places(group(times(3, answered(C, new GroupMemberState(true, false, 11))),
        MonitorSettings.BehindRule.BOTH))).isEqualTo("W:b W-standby:ac B:ac R:ac");
  }

  /** The members a and b are well; the decision is made twice and must not change its mind. */
  private static Topology group(List<ProbeResult<GroupMemberState>> ofC,
      MonitorSettings.BehindRule rule) {
    ClusterHostgroups cluster = Clusters.groups(ClusterHostgroups.Kind.GROUP_REPLICATION, 1,
        WriterIsAlsoReader.ONLY_BACKUPS, 10);
    MonitorSettings settings = MonitorSettings.DEFAULTS
        .with(new MonitorSettings.Cluster(true, 3, 3, 3, 3, rule));
    GroupMemberState well = new GroupMemberState(true, false, 0);
    var results = Map.of(A, List.of(answered(A, well)), B, List.of(answered(B, well)), C, ofC);
    Topology after = GroupReplicationDecision
        .decide(threeOf(cluster), cluster, results, settings).topology();
    assertThat(GroupReplicationDecision.decide(after, cluster, results, settings).changesNothing())
        .isTrue();
    return after;
  }

  private static String readOnly(Topology topology, boolean staysReader,
      ProbeResult<Boolean> result) {
    MonitorSettings.Replication settings = new MonitorSettings.Replication(3, staysReader, 1, 60,
        Map.of(), "");
    Topology after = ReadOnlyDecision
        .decide(topology, result.address(), Map.of(PAIR, List.of(result)), settings).topology();
    assertThat(ReadOnlyDecision
        .decide(after, result.address(), Map.of(PAIR, List.of(result)), settings).changesNothing())
        .isTrue();
    return places(after);
  }

  private static Decision lag(Topology topology, ReplicationLag lag,
      MonitorSettings.Replication settings) {
    return ReplicationLagDecision.decide(topology, C, List.of(answered(C, lag)), settings);
  }

  private static ServerStatus status(Topology topology) {
    Server row = row(topology, READER, C);
    assertThat(row.health().has(Ailment.REPLICATION_LAG))
        .isEqualTo(row.status() == ServerStatus.SHUNNED_REPLICATION_LAG);
    return row.status();
  }

  private static Server row(Topology topology, int hostgroup, ServerAddress address) {
    return Objects.requireNonNull(topology.server(hostgroup, address));
  }
}
