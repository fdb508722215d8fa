package dev.weir.core.pool;

import dev.weir.core.control.ControlException;
import dev.weir.core.error.Refusal;
import dev.weir.core.net.Transport;
import dev.weir.core.net.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Operators' commands over the pools of two protocols. */
class PoolCommandsTest {
  private static final Workers WORKERS = Workers.start(1, Transport.NIO);
  private static final PoolLimits LIMITS = new PoolLimits(5, 0, 0, 0, -1, Long.MAX_VALUE / 2, 0, 0,
      false, 1);

  private final PoolCommands commands = new PoolCommands();
  private final Protocol first = new Protocol("shop");
  private final Protocol second = new Protocol("chat");

  @AfterAll
  static void stop() {
    WORKERS.close();
  }

  @BeforeEach
  void both() {
    commands.add(first);
    commands.add(second);
  }

  private static final class Group extends PoolGroup implements PoolGroup.Member {
    final Pool pool = new Pool(name(), 1, LIMITS, _ -> {}, servers());
    int dirtied;
    int demanded;

    Group(String name) {
      super(name, false, 0);
    }

    @Override
    public List<Group> members() {
      return List.of(this);
    }

    @Override
    public Pool pool() {
      return pool;
    }

    @Override
    public void tagDirty() {
      dirtied++;
    }

    @Override
    public void demand() {
      demanded++;
    }

    FakeConnection connection(ServerState state) {
      FakeConnection made = new FakeConnection(pool, WORKERS.get(0), ServerState.LOGIN, 0, false);
      pool.add(made);
      if (state == ServerState.IDLE) {
        pool.put(made, 0);
      } else {
        pool.mark(made, state);
      }
      return made;
    }
  }

  private static final class Protocol implements PoolCommands.Side {
    final List<Group> groups = new ArrayList<>();
    final List<String> dropped = new ArrayList<>();
    boolean held;
    int clients;
    @Nullable Refusal ending;

    Protocol(String name) {
      groups.add(new Group(name));
    }

    Group group() {
      return groups.getFirst();
    }

    @Override
    public List<Group> groups() {
      return groups;
    }

    @Override
    public @Nullable Group known(String name) {
      return groups.stream().filter(g -> g.name().equals(name)).findFirst().orElse(null);
    }

    @Override
    public @Nullable Group find(String name) {
      if (!name.startsWith("auto")) {
        return known(name);
      }
      Group made = new Group(name);
      groups.add(made);
      return made;
    }

    @Override
    public void hold(boolean on) {
      held = on;
    }

    @Override
    public void drop(PoolGroup group) {
      dropped.add(group.name());
    }

    @Override
    public void refuseServers(Refusal why) {
      ending = why;
    }

    @Override
    public boolean killClient(long id) {
      return id == clients;
    }

    @Override
    public int clients() {
      return clients;
    }
  }

  private static ControlException refused(Runnable command) {
    return assertThatExceptionOfType(ControlException.class).isThrownBy(command::run).actual();
  }

  @Test
  void aPauseOfEverythingWaitsForTheServersOfBoth() {
    FakeConnection idle = first.group().connection(ServerState.IDLE);
    FakeConnection used = second.group().connection(ServerState.ACTIVE);

    CompletableFuture<Void> paused = commands.pause(null).toCompletableFuture();

    assertThat(idle.retired).isEqualTo("pause mode");
    assertThat(first.held && second.held).as("new pools are held too").isTrue();
    commands.advance();
    assertThat(paused).isNotDone();
    second.group().pool.put(used, 0);
    commands.advance();
    assertThat(paused).isCompleted();
    assertThat(used.retired).isEqualTo("pause mode");

    commands.resumeAll();
    assertThat(first.held || second.held || first.group().pool.held()
        || second.group().pool.held()).isFalse();
    assertThat(second.group().demanded).isEqualTo(1);
  }

  @Test
  void aPauseByNameConcernsThatOneAlone() {
    commands.pause("chat");

    assertThat(second.group().pool.held()).isTrue();
    assertThat(first.group().pool.held()).isFalse();
    assertThat(commands.paused()).isFalse();
    commands.resumeAll();
    assertThat(second.group().pool.held()).as("it is resumed by its name").isTrue();
    commands.resume("chat");
    assertThat(second.group().pool.held()).isFalse();
    assertThat(refused(() -> commands.resume("chat"))).hasMessage("database chat is not paused");
  }

  @Test
  void aResumeEndsTheWaitOfAPause() {
    first.group().connection(ServerState.ACTIVE);
    CompletableFuture<Void> paused = commands.pause("shop").toCompletableFuture();
    assertThat(paused).isNotDone();
    commands.resume("shop");
    commands.advance();
    assertThat(paused).isCompleted();
  }

  @Test
  void killPausesAndDropsOnTheRightSide() {
    commands.kill("chat");
    assertThat(second.dropped).containsExactly("chat");
    assertThat(first.dropped).isEmpty();
    assertThat(second.group().paused()).isTrue();
    commands.kill(null);
    assertThat(first.dropped).containsExactly("shop");
  }

  @Test
  void reconnectAndWaitClose() {
    FakeConnection old = second.group().connection(ServerState.ACTIVE);
    commands.reconnect(null);
    assertThat(first.group().dirtied).isEqualTo(1);
    assertThat(second.group().dirtied).isEqualTo(1);
    old.markCloseNeeded();
    CompletableFuture<Void> closed = commands.waitClose("chat").toCompletableFuture();
    assertThat(closed).isNotDone();
    assertThat(commands.waitClose("shop").toCompletableFuture()).isCompleted();
    second.group().pool.remove(old);
    commands.advance();
    assertThat(closed).isCompleted();
  }

  @Test
  void disableAndEnable() {
    commands.disable("shop");
    assertThat(first.group().disabled()).isTrue();
    commands.enable("shop");
    assertThat(first.group().disabled()).isFalse();
  }

  @Test
  void aTemplateStandsForANameWhereOneMayBeMade() {
    assertThat(refused(() -> commands.enable("auto"))).hasMessage("no such database: auto");
    commands.disable("auto");
    assertThat(first.known("auto")).isNotNull();
    assertThat(second.known("auto")).as("the first that makes one has it").isNull();
    commands.enable("auto");
  }

  @Test
  void whoIsKnownToOneSideIsNotMadeByAnother() {
    second.groups.add(new Group("auto-chat"));
    commands.disable("auto-chat");
    assertThat(first.known("auto-chat")).isNull();
  }

  @Test
  void namesOfNobodyAndOfTheConsoleAreRefused() {
    assertThat(refused(() -> commands.pause("none"))).hasMessage("no such database: none");
    assertThat(refused(() -> commands.pause("pgbouncer")))
        .hasMessage("cannot pause admin db: pgbouncer");
    assertThat(refused(() -> commands.kill("pgbouncer")))
        .hasMessage("cannot kill admin db: pgbouncer");
  }

  @Test
  void aClientIsKilledWhereverItIs() {
    second.clients = 7;
    commands.killClient(7);
    assertThat(refused(() -> commands.killClient(8))).hasMessage("client not found");
  }

  @Test
  void anEndWaitsForServersOrClientsOfBoth() {
    FakeConnection used = second.group().connection(ServerState.ACTIVE);
    CompletableFuture<Void> drained = commands.refuseServers(Refusal.SERVER_SHUTTING_DOWN)
        .toCompletableFuture();
    assertThat(second.ending).isEqualTo(Refusal.SERVER_SHUTTING_DOWN);
    assertThat(drained).isNotDone();
    second.group().pool.put(used, 0);
    commands.advance();
    assertThat(drained).isCompleted();

    second.clients = 1;
    CompletableFuture<Void> alone = commands.untilNoClients().toCompletableFuture();
    assertThat(alone).isNotDone();
    second.clients = 0;
    commands.advance();
    assertThat(alone).isCompleted();
  }
}
