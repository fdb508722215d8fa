package dev.weir.core.pool;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Transport;
import dev.weir.core.net.Worker;
import dev.weir.core.net.Workers;
import dev.weir.core.pool.PoolDirectory.Reason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PoolDirectoryTest {
  private static final long SECOND = 1_000_000_000L;
  private static Workers workers = Workers.start(1, Transport.NIO);

  private final PoolDirectory directory = new PoolDirectory();

  @BeforeAll
  static void start() {
    workers = Workers.start(1, Transport.NIO);
  }

  @AfterAll
  static void stop() {
    workers.close();
  }

  /** A pool with everything that opens its connections. */
  private static final class Side implements PoolDirectory.Opener {
    final Pool pool;
    final List<Reason> opened = new ArrayList<>();
    final List<FakeConnection> connections = new ArrayList<>();
    boolean greeted = true;
    boolean wanted;
    boolean throttled;
    long sinceFailure = -1;
    long now;

    final List<Pool> asked = new ArrayList<>();

    Side(PoolLimits limits, Budget... budgets) {
      pool = new Pool("p", 1, limits, asked::add, budgets);
    }

    @Override
    public boolean greeted() {
      return greeted;
    }

    @Override
    public long sinceFailureNanos(long at) {
      return sinceFailure;
    }

    @Override
    public boolean wanted() {
      return wanted;
    }

    @Override
    public boolean throttled(long at) {
      return throttled;
    }

    @Override
    public void open(Reason why) {
      opened.add(why);
      FakeConnection connection = new FakeConnection(pool, workers.get(0), ServerState.LOGIN, now,
          false);
      connections.add(connection);
      pool.add(connection);
    }

    /** The connection opened last has logged in. */
    FakeConnection loggedIn() {
      FakeConnection connection = connections.getLast();
      pool.put(connection, now);
      return connection;
    }

    void waiter() {
      pool.checkout(new Ticket(new Ticket.Waiter() {
        @Override
        public Worker worker() {
          return workers.get(0);
        }

        @Override
        public void onGranted(PooledConnection connection) {
          // it is only counted
        }

        @Override
        public void onRefused(Refusal why) {
          // never
        }
      }), now);
    }
  }

  private static PoolLimits limits(int size, int min, int reserve) {
    return new PoolLimits(size, min, reserve, 5 * SECOND, -1, 3600 * SECOND, 0, 15 * SECOND, false,
        1);
  }

  private boolean demand(Side side) {
    return directory.consider(side.pool, side, Reason.DEMAND, side.now);
  }

  @Test
  void oneLoginAtATime() {
    Side side = new Side(limits(2, 0, 0));

    assertThat(demand(side)).isTrue();
    assertThat(demand(side)).isFalse();
    side.loggedIn();
    assertThat(demand(side)).isTrue();
    side.loggedIn();
    assertThat(demand(side)).as("size").isFalse();
  }

  @Test
  void aFailedConnectIsNotRepeatedAtOnce() {
    Side side = new Side(limits(2, 0, 0));
    side.sinceFailure = 15 * SECOND - 1;
    assertThat(demand(side)).isFalse();
    side.sinceFailure = 15 * SECOND;
    assertThat(demand(side)).isTrue();
  }

  @Test
  void theReserveOpensForWhoHasWaitedLong() {
    Side side = new Side(limits(1, 0, 1));
    side.waiter();
    demand(side);
    side.loggedIn();
    side.waiter();
    side.now = 5 * SECOND - 1;
    assertThat(demand(side)).isFalse();
    side.now = 5 * SECOND;
    assertThat(demand(side)).isTrue();
    assertThat(side.opened).containsExactly(Reason.DEMAND, Reason.RESERVE);
    side.loggedIn();
    side.waiter();
    side.now = 20 * SECOND;

    assertThat(demand(side)).as("size and reserve are open").isFalse();
  }

  @Test
  void aSharedBudgetEvictsTheOneThatRestedLongest() {
    Budget shared = new Budget(2);
    Side one = new Side(limits(5, 0, 0), shared);
    Side two = new Side(limits(5, 0, 0), shared);
    demand(one);
    FakeConnection oldest = one.loggedIn();
    one.now = 1;
    demand(one);
    FakeConnection newer = one.loggedIn();
    two.now = 2;

    assertThat(demand(two)).isTrue();
    assertThat(oldest.retired).isEqualTo("evicted");
    assertThat(newer.retired).isNull();
    assertThat(shared.used()).isEqualTo(2);
  }

  @Test
  void aSpentBudgetWithNothingIdleOpensNothing() {
    Budget shared = new Budget(1);
    Side one = new Side(limits(5, 0, 0), shared);
    Side two = new Side(limits(5, 0, 0), shared);
    one.waiter();
    demand(one);
    one.loggedIn();

    assertThat(demand(two)).isFalse();
  }

  @Test
  void whoWasRefusedASharedPlaceIsAskedAgainWhenOneIsFree() {
    Budget shared = new Budget(1);
    Side one = new Side(limits(5, 0, 0), shared);
    Side two = new Side(limits(5, 0, 0), shared);
    one.waiter();
    demand(one);
    FakeConnection only = one.loggedIn();
    two.waiter();
    two.asked.clear();
    assertThat(demand(two)).isFalse();

    one.pool.put(only, 1);
    assertThat(two.asked).containsExactly(two.pool);
    assertThat(demand(two)).as("the one that rests makes room").isTrue();
    assertThat(only.retired).isEqualTo("evicted");

    one.pool.remove(only);
    assertThat(two.asked).as("what made room for it is no news").containsExactly(two.pool);
  }

  @Test
  void theMinimumIsFilledOneByOneWithoutTakingFromOthers() {
    Budget shared = new Budget(2);
    Side side = new Side(limits(5, 3, 0), shared);
    side.wanted = true;

    directory.keepHouse(side.pool, side, 0);
    directory.keepHouse(side.pool, side, 0);
    assertThat(side.opened).containsExactly(Reason.MINIMUM);
    side.loggedIn();
    directory.keepHouse(side.pool, side, 0);
    side.loggedIn();
    directory.keepHouse(side.pool, side, 0);

    assertThat(side.opened).as("the budget of two is not overrun").hasSize(2);
    assertThat(side.connections).allMatch(c -> c.retired == null);
  }

  @Test
  void nobodyWantsAPoolNobodyUses() {
    Side side = new Side(limits(5, 3, 0));
    directory.keepHouse(side.pool, side, 0);
    assertThat(side.opened).isEmpty();
  }

  @Test
  void aConnectionOfItsOwnEvictsAnIdleOne() {
    Side side = new Side(limits(1, 0, 0));
    demand(side);
    FakeConnection idle = side.loggedIn();

    assertThat(directory.consider(side.pool, side, Reason.DEDICATED, 0)).isTrue();
    assertThat(idle.retired).isEqualTo("evicted");
  }

  @Test
  void aHeldPoolOpensNothing() {
    Side side = new Side(limits(1, 0, 0));
    side.pool.hold(true);
    assertThat(demand(side)).isFalse();
  }

  @Test
  void whileAPoolIsThrottledNothingIsOpenedAndNothingEvicted() {
    Budget budget = new Budget(1);
    Side rich = new Side(limits(0, 0, 0), budget);
    rich.waiter();
    directory.consider(rich.pool, rich, Reason.DEMAND, 0);
    rich.loggedIn();
    FakeConnection idle = new FakeConnection(rich.pool, workers.get(0), ServerState.LOGIN, 0,
        false);
    rich.pool.add(idle);
    rich.pool.put(idle, 0);
    Side poor = new Side(limits(0, 0, 0), budget);
    poor.throttled = true;
    poor.waiter();
    assertThat(directory.consider(poor.pool, poor, Reason.DEMAND, 0)).isFalse();
    assertThat(idle.retired).isNull();
    poor.throttled = false;
    assertThat(directory.consider(poor.pool, poor, Reason.DEMAND, 0)).isTrue();
    assertThat(idle.retired).isNotNull();
  }
}
