package dev.weir.core.pool;

import dev.weir.core.control.ControlException;
import dev.weir.core.error.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * PAUSE and its kin over the pools of all protocols, with PgBouncer's texts. Confined to the control thread.
 */
public final class PoolCommands {
  /** The name under which clients reach the console; it is no database. */
  private static final String CONSOLE = "pgbouncer";

  /** The pools of one protocol. Called on the control thread. */
  public interface Side {
    List<? extends PoolGroup> groups();

    /** The group of this name; null when there is none. */
    @Nullable
    PoolGroup known(String name);

    /** As {@link #known}; makes one where a template stands for the name. */
    @Nullable
    PoolGroup find(String name);

    /** Whether pools that come to be from now on are held. */
    void hold(boolean on);

    /** Ends all clients and servers of the group, with {@link Refusal#DATABASE_REMOVED}. */
    void drop(PoolGroup group);

    /** Nobody gets a server any more: the process ends when those in use are released. */
    void refuseServers(Refusal why);

    /** Ends the client with that number of SHOW CLIENTS; false when there is none. */
    boolean killClient(long id);

    /** Connections of clients, logged in or not. */
    int clients();
  }

  private record Wait(BooleanSupplier over, CompletableFuture<Void> done) {}

  private final List<Side> sides = new ArrayList<>();
  private final List<Wait> waits = new ArrayList<>();
  private boolean paused;

  /** Names are looked for in the order in which sides are added. */
  public void add(Side side) {
    sides.add(side);
  }

  /** Whether everything is paused. */
  public boolean paused() {
    return paused;
  }

  // --- waits ---

  /** Completes when the condition holds, which is asked at every {@link #advance}. */
  public CompletionStage<Void> until(BooleanSupplier over) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (over.getAsBoolean()) {
      done.complete(null);
    } else {
      waits.add(new Wait(over, done));
    }
    return done;
  }

  /** Completes the waits that are over. */
  public void advance() {
    for (Wait wait : List.copyOf(waits)) {
      if (wait.done().isDone()) {
        waits.remove(wait);
      } else if (wait.over().getAsBoolean()) {
        waits.remove(wait);
        wait.done().complete(null);
      }
    }
  }

  // --- commands ---

  /** @param name null for everything */
  public CompletionStage<Void> pause(@Nullable String name) {
    if (name == null) {
      holdAll();
      return until(() -> !paused || isDrained());
    }
    PoolGroup group = require(name, "cannot pause admin db: ", true);
    group.paused(true);
    group.members().forEach(member -> member.pool().hold(true));
    return until(() -> !group.paused()
        || group.members().stream().allMatch(PoolCommands::drained));
  }

  private void holdAll() {
    paused = true;
    sides.forEach(side -> side.hold(true));
    members().forEach(member -> member.pool().hold(true));
  }

  /** Whether no server is with a client. */
  public boolean isDrained() {
    return members().allMatch(PoolCommands::drained);
  }

  private static boolean drained(PoolGroup.Member member) {
    Pool.Census census = member.pool().census(System.nanoTime());
    return census.active() + census.tested() == 0;
  }

  /** Ends the pause of one group. */
  public void resume(String name) {
    PoolGroup group = require(name, "no such database: ", false);
    if (!group.paused()) {
      throw new ControlException("database " + name + " is not paused");
    }
    group.paused(false);
    release(group);
  }

  /** Ends the pause of everything; groups that are paused by name stay so. */
  public void resumeAll() {
    paused = false;
    sides.forEach(side -> side.hold(false));
    groups().forEach(this::release);
    advance();
  }

  private void release(PoolGroup group) {
    boolean hold = paused || group.paused();
    List<? extends PoolGroup.Member> members = List.copyOf(group.members());
    members.forEach(member -> member.pool().hold(hold));
    members.forEach(PoolGroup.Member::demand);
  }

  public void disable(String name) {
    require(name, "cannot disable admin db: ", true).disabled(true);
  }

  public void enable(String name) {
    require(name, "cannot enable admin db: ", false).disabled(false);
  }

  /** @param name null for everything */
  public void reconnect(@Nullable String name) {
    if (name == null) {
      members().toList().forEach(PoolGroup.Member::tagDirty);
    } else {
      List.copyOf(require(name, "cannot reconnect admin db: ", true).members())
          .forEach(PoolGroup.Member::tagDirty);
    }
  }

  /** @param name null for all that have pools */
  public void kill(@Nullable String name) {
    if (name == null) {
      each((side, group) -> {
        if (!group.members().isEmpty()) {
          group.paused(true);
          side.drop(group);
        }
      });
    } else {
      PoolGroup group = require(name, "cannot kill admin db: ", true);
      group.paused(true);
      each((side, other) -> {
        if (other.equals(group)) {
          side.drop(group);
        }
      });
    }
  }

  /** @param name null for everything */
  public CompletionStage<Void> waitClose(@Nullable String name) {
    if (name == null) {
      return until(() -> members().noneMatch(PoolCommands::closing));
    }
    PoolGroup group = require(name, "cannot wait in admin db: ", true);
    return until(() -> group.members().stream().noneMatch(PoolCommands::closing));
  }

  /** @throws ControlException when there is no such client */
  public void killClient(long id) {
    for (Side side : sides) {
      if (side.killClient(id)) {
        return;
      }
    }
    throw new ControlException("client not found");
  }

  /** Completes when the last client has gone. */
  public CompletionStage<Void> untilNoClients() {
    return until(() -> sides.stream().allMatch(side -> side.clients() == 0));
  }

  private static boolean closing(PoolGroup.Member member) {
    return member.pool().connections().stream().anyMatch(PooledConnection::closeNeeded);
  }

  /** Holds everything for good; whoever waits is sent away. Completes when no server is with a client. */
  public CompletionStage<Void> refuseServers(Refusal why) {
    holdAll();
    members().toList().forEach(member -> member.pool().dismissAll(why));
    sides.forEach(side -> side.refuseServers(why));
    return until(this::isDrained);
  }

  // --- names ---

  /** Whether any group is paused by its name. */
  public boolean anyPausedByName() {
    return groups().anyMatch(PoolGroup::paused);
  }

  private PoolGroup require(String name, String whenConsole, boolean register) {
    if (name.equals(CONSOLE)) {
      throw new ControlException(whenConsole + name);
    }
    for (Side side : sides) {
      PoolGroup known = side.known(name);
      if (known != null) {
        return known;
      }
    }
    for (Side side : register ? sides : List.<Side>of()) {
      PoolGroup made = side.find(name);
      if (made != null) {
        return made;
      }
    }
    throw new ControlException("no such database: " + name);
  }

  private Stream<PoolGroup> groups() {
    return sides.stream().flatMap(side -> List.copyOf(side.groups()).stream());
  }

  private Stream<PoolGroup.Member> members() {
    return groups().flatMap(group -> group.members().stream());
  }

  private interface Step {
    void take(Side side, PoolGroup group);
  }

  private void each(Step step) {
    for (Side side : sides) {
      Consumer<PoolGroup> at = group -> step.take(side, group);
      List.copyOf(side.groups()).forEach(at);
    }
  }
}
