package dev.weir.core.pool;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Transport;
import dev.weir.core.net.Worker;
import dev.weir.core.net.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PoolTest {
  private static final long SECOND = 1_000_000_000L;
  private static Workers workers = Workers.start(2, Transport.NIO);

  private final AtomicInteger demands = new AtomicInteger();
  private PoolLimits limits = limits(2);
  private @Nullable Pool pool;

  @BeforeAll
  static void start() {
    workers = Workers.start(2, Transport.NIO);
  }

  @AfterAll
  static void stop() {
    workers.close();
  }

  private static PoolLimits limits(int size) {
    return new PoolLimits(size, 0, 0, 0, 30 * SECOND, 3600 * SECOND, 0, 15 * SECOND, false, 1);
  }

  private Pool pool() {
    if (pool == null) {
      pool = new Pool("db/user", 2, limits, _ -> demands.incrementAndGet());
    }
    return pool;
  }

  private static Worker worker(int index) {
    return workers.get(index);
  }

  private FakeConnection idle(int worker, long now) {
    FakeConnection connection = new FakeConnection(pool(), worker(worker), ServerState.LOGIN, now,
        false);
    pool().add(connection);
    pool().put(connection, now);
    return connection;
  }

  private static final class Client implements Ticket.Waiter {
    final Ticket ticket = new Ticket(this);
    final List<PooledConnection> granted = new ArrayList<>();
    final CountDownLatch refused = new CountDownLatch(1);
    private final Worker worker;
    volatile @Nullable Refusal why;

    Client(int worker) {
      this.worker = workers.get(worker);
    }

    @Override
    public Worker worker() {
      return worker;
    }

    @Override
    public void onGranted(PooledConnection connection) {
      granted.add(connection);
    }

    @Override
    public void onRefused(Refusal refusal) {
      why = refusal;
      refused.countDown();
    }
  }

  @Test
  void theConnectionUsedLastIsHandedOutFirst() {
    idle(0, 1);
    FakeConnection warm = idle(0, 2);

    assertThat(pool().checkout(new Client(0).ticket, 3)).isSameAs(warm);
    assertThat(warm.state()).isEqualTo(ServerState.ACTIVE);
  }

  @Test
  void whatHasRestedForLongIsTestedAndThenRestsOnAsUnused() {
    limits = limits(5);
    FakeConnection early = idle(0, 0);
    FakeConnection late = idle(0, SECOND);
    FakeConnection fresh = idle(0, 29 * SECOND);
    pool().keepHouse(31 * SECOND);
    pool().testRested(1);
    assertThat(List.of(early.checks, late.checks, fresh.checks)).containsExactly(1, 0, 0);
    assertThat(early.state()).isEqualTo(ServerState.TESTED);
    pool().testRested(5);
    assertThat(List.of(early.checks, late.checks, fresh.checks)).containsExactly(1, 1, 0);

    pool().put(early, 32 * SECOND);
    assertThat(early.isResting()).isTrue();
    assertThat(early.usedNanos()).as("a test is no use").isZero();
    pool().testRested(5);
    assertThat(early.checks).as("it has just been tested").isEqualTo(1);
  }

  @Test
  void whoWaitsGetsWhatWasBeingTestedAndThatIsUse() {
    FakeConnection only = idle(0, 0);
    pool().keepHouse(31 * SECOND);
    pool().testRested(1);
    Client client = new Client(0);
    assertThat(pool().checkout(client.ticket, 32 * SECOND)).isNull();
    pool().put(only, 33 * SECOND);
    assertThat(client.granted).containsExactly(only);
    pool().put(only, 34 * SECOND);
    assertThat(only.usedNanos()).isEqualTo(34 * SECOND);
  }

  @Test
  void roundRobinTakesTurnsOverAllWorkers() {
    limits = new PoolLimits(3, 0, 0, 0, 30 * SECOND, 3600 * SECOND, 0, 15 * SECOND, true, 1);
    FakeConnection first = idle(1, 0);
    FakeConnection second = idle(0, 1);
    FakeConnection third = idle(1, 2);
    Client client = new Client(0);
    assertThat(pool().checkout(client.ticket, 3)).as("the first is on the other worker").isNull();
    first.arrive();
    assertThat(client.granted).containsExactly(first);
    assertThat(pool().checkout(new Client(0).ticket, 4)).isSameAs(second);
    assertThat(pool().checkout(new Client(1).ticket, 5)).isSameAs(third);
  }

  @Test
  void roundRobinHandsOutTheOneThatRestedLongest() {
    limits = new PoolLimits(2, 0, 0, 0, 30 * SECOND, 3600 * SECOND, 0, 15 * SECOND, true, 1);
    FakeConnection first = idle(0, 1);
    idle(0, 2);

    assertThat(pool().checkout(new Client(0).ticket, 3)).isSameAs(first);
  }

  @Test
  void waitersAreServedInOrderOfArrivalOverAllWorkers() {
    FakeConnection only = idle(0, 0);
    Client has = new Client(0);
    Client second = new Client(1);
    Client third = new Client(0);
    assertThat(pool().checkout(has.ticket, 1)).isSameAs(only);
    assertThat(pool().checkout(second.ticket, 2)).isNull();
    assertThat(pool().checkout(third.ticket, 2 + Pool.FAIRNESS_NANOS + 1)).isNull();
    assertThat(demands).hasValue(2);

    pool().put(only, SECOND);
    assertThat(third.granted).isEmpty();
    only.arrive();
    assertThat(second.granted).containsExactly(only);
    assertThat(only.worker()).isEqualTo(worker(1));

    pool().put(only, SECOND);
    only.arrive();
    assertThat(third.granted).containsExactly(only);
    pool().put(only, SECOND);
    assertThat(pool().census(SECOND)).isEqualTo(new Pool.Census(0, 1, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void aLocalWaiterWhoCameOnlyJustLaterSavesTheMove() {
    FakeConnection only = idle(0, 0);
    pool().checkout(new Client(0).ticket, 1);
    Client remote = new Client(1);
    Client local = new Client(0);
    pool().checkout(remote.ticket, 2);
    pool().checkout(local.ticket, 2 + Pool.FAIRNESS_NANOS);

    pool().put(only, SECOND);

    assertThat(local.granted).containsExactly(only);
    assertThat(remote.granted).isEmpty();
  }

  @Test
  void anIdleConnectionOfAnotherWorkerMovesToTheClient() {
    FakeConnection far = idle(1, 0);
    Client client = new Client(0);

    assertThat(pool().checkout(client.ticket, 1)).isNull();
    assertThat(pool().census(1).waiting()).as("he does not wait in the queue").isZero();
    far.arrive();

    assertThat(client.granted).containsExactly(far);
    assertThat(far.worker()).isEqualTo(worker(0));
  }

  @Test
  void aConnectionWhoseClientLeftDuringTheMoveGoesToTheNext() {
    FakeConnection far = idle(1, 0);
    Client gone = new Client(0);
    Client next = new Client(0);
    pool().checkout(gone.ticket, 1);
    pool().checkout(next.ticket, 2);
    pool().abandon(gone.ticket);

    far.arrive();

    assertThat(gone.granted).isEmpty();
    assertThat(next.granted).containsExactly(far);
  }

  @Test
  void aConnectionWhoseClientLeftDuringTheMoveRests() {
    FakeConnection far = idle(1, 0);
    Client gone = new Client(0);
    pool().checkout(gone.ticket, 1);
    pool().abandon(gone.ticket);

    far.arrive();

    assertThat(far.state()).isEqualTo(ServerState.IDLE);
    assertThat(pool().checkout(new Client(0).ticket, 2)).isSameAs(far);
  }

  @Test
  void aClientWhoLeftDuringTheMoveAndCameBackGetsOneConnectionAndKeepsTheQueueWhole() {
    FakeConnection far = idle(1, 0);
    Client restless = new Client(0);
    Client patient = new Client(0);
    pool().checkout(restless.ticket, 1);
    pool().abandon(restless.ticket);
    pool().checkout(restless.ticket, 2);
    pool().checkout(patient.ticket, 3);

    far.arrive();
    assertThat(restless.granted).containsExactly(far);
    assertThat(pool().census(4).waiting()).isEqualTo(1);
    pool().put(far, 4);
    assertThat(restless.granted).as("served once").hasSize(1);
    assertThat(patient.granted).containsExactly(far);
    pool().put(far, 5);

    assertThat(pool().census(6)).isEqualTo(new Pool.Census(0, 1, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void aSecondConnectionUnderWayToTheSameClientGoesBack() {
    FakeConnection first = idle(1, 0);
    FakeConnection second = idle(1, 1);
    Client restless = new Client(0);
    pool().checkout(restless.ticket, 1);
    pool().abandon(restless.ticket);
    pool().checkout(restless.ticket, 2);

    first.arrive();
    second.arrive();

    assertThat(restless.granted).hasSize(1);
    assertThat(pool().census(3)).isEqualTo(new Pool.Census(1, 1, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void aConnectionThatDiesOnItsWayPutsTheClientBackToTheHeadOfTheQueue() {
    FakeConnection far = idle(1, 0);
    Client unlucky = new Client(0);
    Client later = new Client(0);
    pool().checkout(unlucky.ticket, 1);
    pool().checkout(later.ticket, 2);
    demands.set(0);

    pool().remove(far);
    far.arrive();
    assertThat(unlucky.granted).isEmpty();
    assertThat(demands).as("asked for another").hasPositiveValue();
    FakeConnection fresh = idle(0, 3);

    assertThat(unlucky.granted).containsExactly(fresh);
    assertThat(later.granted).isEmpty();
  }

  @Test
  void whoComesBackFromADeadConnectionTakesWhatIsIdleByNow() {
    FakeConnection dying = idle(1, 0);
    Client client = new Client(0);
    pool().checkout(client.ticket, 1);
    FakeConnection other = idle(1, 2);

    pool().remove(dying);
    dying.arrive();
    other.arrive();

    assertThat(client.granted).containsExactly(other);
  }

  @Test
  void whatWasIdleForLongIsTestedBeforeUse() {
    FakeConnection stale = idle(0, 0);
    Client client = new Client(0);

    assertThat(pool().checkout(client.ticket, 31 * SECOND)).isNull();
    assertThat(stale.checks).isEqualTo(1);
    assertThat(stale.state()).isEqualTo(ServerState.TESTED);
    pool().put(stale, 31 * SECOND);

    assertThat(client.granted).containsExactly(stale);
  }

  @Test
  void everyWaiterHasAConnectionTestedForHim() {
    limits = new PoolLimits(2, 0, 0, 0, 0, 3600 * SECOND, 0, 15 * SECOND, false, 1);
    FakeConnection one = idle(0, 0);
    FakeConnection two = idle(0, 0);
    Client first = new Client(0);
    Client second = new Client(0);

    pool().checkout(first.ticket, 1);
    pool().checkout(second.ticket, 1);

    assertThat(List.of(one.checks, two.checks)).containsExactly(1, 1);
  }

  @Test
  void aWaiterWhoseTestedConnectionDiedHasTheNextOneTested() {
    limits = new PoolLimits(2, 0, 0, 0, 0, 3600 * SECOND, 0, 15 * SECOND, false, 1);
    FakeConnection one = idle(0, 0);
    FakeConnection two = idle(0, 0);
    Client client = new Client(0);
    pool().checkout(client.ticket, 1);
    FakeConnection tested = one.checks == 1 ? one : two;
    FakeConnection other = one.checks == 1 ? two : one;

    pool().remove(tested);
    pool().keepHouse(2);

    assertThat(other.checks).isEqualTo(1);
    pool().put(other, 3);
    assertThat(client.granted).containsExactly(other);
  }

  @Test
  void leavingTheMiddleOfTheQueueKeepsTheOthersInOrder() {
    FakeConnection only = idle(0, 0);
    pool().checkout(new Client(0).ticket, 1);
    List<Client> clients = List.of(new Client(0), new Client(0), new Client(0));
    clients.forEach(c -> pool().checkout(c.ticket, 2));
    pool().abandon(clients.get(1).ticket);
    pool().abandon(clients.get(1).ticket);

    pool().put(only, 3);
    assertThat(clients.get(0).granted).hasSize(1);
    pool().put(only, 4);

    assertThat(clients.get(1).granted).isEmpty();
    assertThat(clients.get(2).granted).hasSize(1);
    assertThat(pool().isWaiting()).isFalse();
  }

  @Test
  void allWaitersAreDismissedWithOneRefusal() throws InterruptedException {
    idle(0, 0);
    pool().checkout(new Client(0).ticket, 1);
    List<Client> clients = List.of(new Client(0), new Client(1));
    clients.forEach(c -> pool().checkout(c.ticket, 2));

    pool().dismissAll(Refusal.LOGIN_FAILED);

    for (Client client : clients) {
      assertThat(client.refused.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(client.why).isEqualTo(Refusal.LOGIN_FAILED);
    }
    assertThat(pool().isWaiting()).isFalse();
  }

  @Test
  void aHeldPoolServesNobodyAndClosesWhatIsIdleAndWhatComesBack() {
    FakeConnection busy = idle(0, 0);
    Client user = new Client(0);
    pool().checkout(user.ticket, 1);
    FakeConnection resting = idle(0, 1);
    pool().hold(true);
    Client late = new Client(0);

    assertThat(resting.retired).isEqualTo("pause mode");
    assertThat(pool().checkout(late.ticket, 2)).isNull();
    pool().put(busy, 3);
    assertThat(busy.retired).isEqualTo("pause mode");
    assertThat(late.granted).isEmpty();
    demands.set(0);
    pool().hold(false);
    assertThat(demands).hasPositiveValue();
    FakeConnection fresh = idle(0, 4);

    assertThat(late.granted).containsExactly(fresh);
  }

  @Test
  void idleConnectionsAreClosedDownToTheMinimum() {
    limits = new PoolLimits(5, 1, 0, 0, -1, 3600 * SECOND, 10 * SECOND, 15 * SECOND, false, 1);
    List<FakeConnection> all = List.of(idle(0, 0), idle(0, 0), idle(1, 0));

    pool().keepHouse(9 * SECOND);
    assertThat(pool().total()).isEqualTo(3);
    pool().keepHouse(10 * SECOND);

    assertThat(pool().total()).isEqualTo(1);
    assertThat(all).filteredOn(c -> c.retired != null).hasSize(2)
        .allMatch(c -> "server idle timeout".equals(c.retired));
  }

  @Test
  void connectionsOfOneAgeAreClosedOneByOne() {
    limits = new PoolLimits(4, 0, 0, 0, -1, 100 * SECOND, 0, 15 * SECOND, false, 1);
    for (int i = 0; i < 4; i++) {
      idle(0, 0);
    }
    long start = 100 * SECOND;

    pool().keepHouse(start);
    assertThat(pool().total()).isEqualTo(3);
    pool().keepHouse(start + 24 * SECOND);
    assertThat(pool().total()).as("lifetime / size apart").isEqualTo(3);
    pool().keepHouse(start + 25 * SECOND);
    assertThat(pool().total()).isEqualTo(2);
  }

  @Test
  void aLifetimeOfZeroEndsAfterTheFirstUse() {
    limits = new PoolLimits(4, 0, 0, 0, -1, 0, 0, 15 * SECOND, false, 1);
    FakeConnection connection = idle(0, 0);

    assertThat(pool().lifetimeOver(connection, 0)).isTrue();
  }

  @Test
  void aShrunkPoolClosesItsSurplus() {
    limits = limits(3);
    List<FakeConnection> all = List.of(idle(0, 0), idle(0, 0), idle(0, 0));
    pool().limits(limits(1));

    pool().keepHouse(1);

    assertThat(pool().total()).isEqualTo(1);
    assertThat(all).filteredOn(c -> c.retired != null)
        .allMatch(c -> "too many servers in the pool".equals(c.retired)).hasSize(2);
  }
}
