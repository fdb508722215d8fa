package dev.weir.core.mysql;

import dev.weir.core.net.Worker;
import dev.weir.core.pool.Pool;
import dev.weir.core.pool.PoolLimits;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.ServerState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionUpkeepTest {
  private static final long SECOND = 1_000_000_000L;
  /** Near its overflow, as System.nanoTime may be. */
  private static final long NOW = Long.MIN_VALUE + 5 * SECOND;

  private static final class Resting extends PooledConnection {
    Resting(Pool pool, long usedNanos) {
      super(pool, ServerState.IDLE, usedNanos);
    }

    @Override
    public Worker worker() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void moveTo(Worker target, Runnable arrived) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void retire(String reason) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void check() {
      throw new UnsupportedOperationException();
    }
  }

  private static List<PooledConnection> rested(double... seconds) {
    Pool pool = new Pool("p", 1, new PoolLimits(0, 0, 0, 0, -1, 1, 0, 0, false, 1), _ -> {});
    List<PooledConnection> all = new ArrayList<>();
    for (double each : seconds) {
      all.add(new Resting(pool, NOW - (long) (each * SECOND)));
    }
    return all;
  }

  @Test
  void theLongestUnusedGoFirst() {
    List<PooledConnection> idle = rested(3, 20, 2, 10);

    assertThat(RestingConnections.surplus(idle, 2, NOW)).containsExactlyInAnyOrder(idle.get(1),
        idle.get(3));
  }

  @Test
  void whoWasUsedAMomentAgoStays() {
    List<PooledConnection> idle = rested(0.2, 0.1, 1.5);

    assertThat(RestingConnections.surplus(idle, 0, NOW)).containsExactly(idle.get(2));
  }

  @Test
  void asManyAsAreKeptStay() {
    assertThat(RestingConnections.surplus(rested(100, 200), 2, NOW)).isEmpty();
  }

  // --- the throttle ---

  @Test
  void soManyAreOpenedInASecondAndTheNextWait() {
    ConnectThrottle throttle = new ConnectThrottle();

    assertThat(throttle.waitNanos(NOW, 2)).isZero();
    throttle.count(NOW);
    assertThat(throttle.waitNanos(NOW + 1, 2)).isZero();
    throttle.count(NOW + SECOND / 4);
    assertThat(throttle.waitNanos(NOW + SECOND / 2, 2)).isEqualTo(SECOND / 2);
    assertThat(throttle.waitNanos(NOW + SECOND, 2)).isZero();
    throttle.count(NOW + SECOND);
    assertThat(throttle.waitNanos(NOW + SECOND, 2)).isZero();
    assertThat(throttle.waitNanos(NOW + SECOND, 1)).isEqualTo(SECOND);
  }

  // --- what init_connect has set ---

  @Test
  void whatInitConnectSetIsThereForWhoSetsNothing() {
    SessionVariables login = SessionVariables.NONE.with("character_set_client", "utf8mb4");
    SessionBasis basis = new SessionBasis();
    basis.begin(login);
    basis.end(login.with("sql_mode", "ANSI"));

    SessionVariables nothing = SessionVariables.NONE.with("character_set_client", "latin1");
    assertThat(basis.under(nothing)).isEqualTo(nothing.with("sql_mode", "ANSI"));
    assertThat(basis.under(nothing)).isSameAs(basis.under(nothing));
    SessionVariables own = nothing.with("sql_mode", "");
    assertThat(basis.under(own)).isSameAs(own);
  }

  @Test
  void aSessionTakesAlongWhatItHasSaidOnly() {
    SessionVariables login = SessionVariables.NONE;
    SessionBasis basis = new SessionBasis();
    basis.begin(login);
    basis.end(login.with("sql_mode", "ANSI").with("lock_wait_timeout", "5"));

    SessionVariables now = basis.under(SessionVariables.NONE).with("sql_safe_updates", "ON");
    assertThat(basis.of(now, SessionVariables.NONE, List.of("sql_safe_updates")))
        .isEqualTo(SessionVariables.NONE.with("sql_safe_updates", "ON"));
    assertThat(basis.of(now, SessionVariables.NONE, List.of("sql_mode")).get("sql_mode"))
        .isEqualTo("ANSI");
    SessionVariables before = SessionVariables.NONE.with("lock_wait_timeout", "5");
    assertThat(basis.of(now, before, List.of()).get("lock_wait_timeout")).isEqualTo("5");
  }

  @Test
  void withoutSettingsNothingIsCompared() {
    SessionBasis basis = new SessionBasis();
    basis.begin(SessionVariables.NONE);
    basis.end(SessionVariables.NONE);
    SessionVariables session = SessionVariables.NONE.with("a", "1");

    assertThat(basis.under(session)).isSameAs(session);
    assertThat(basis.of(session, SessionVariables.NONE, List.of())).isSameAs(session);
  }
}
