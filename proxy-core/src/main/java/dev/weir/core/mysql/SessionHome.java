package dev.weir.core.mysql;

import dev.weir.core.config.PoolMode;
import dev.weir.core.config.mysql.DeclaredHostgroups.Declared;
import dev.weir.core.error.Refusal;
import dev.weir.core.metrics.PoolMetrics;
import dev.weir.core.sql.Classification;
import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.core.sql.Value;
import dev.weir.mysql.packet.ServerStatus;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a session belongs: a declared database, or the default hostgroup of a user of ProxySQL's tables. Decides whom it
 * logs in as, where statements go about which no rule says anything, and in whose name they are counted. Confined to the
 * session's worker.
 */
final class SessionHome {
  private static final Set<String> OFF = Set.of("0", "off", "false");

  private final MysqlSession session;
  private final MysqlRuntime runtime;
  private final MysqlGroups groups;
  /** Where a client that is being let in is counted already. */
  private @Nullable MysqlGroup wanted;
  private @Nullable MysqlGroup group;
  private @Nullable MysqlAccount account;
  /** The group's line when it is a declared database: all below hang on it. */
  private @Nullable Declared line;
  private boolean splits;
  private PoolMode mode = PoolMode.TRANSACTION;
  /** Of another hostgroup, where a rule sent the last statement. */
  private @Nullable MysqlAccount elsewhere;
  /** Where the session was before a USE that has not succeeded yet. */
  private @Nullable MysqlGroup before;
  private boolean arrived;
  /** Where a USE has led in vain: its server may still be at hand. */
  private @Nullable MysqlAccount strayed;
  /** The session runs a mirrored statement: it is no client of anybody's. */
  private boolean mirrors;

  SessionHome(MysqlSession session, MysqlRuntime runtime) {
    this.session = session;
    this.runtime = runtime;
    this.groups = runtime.groups();
  }

  // --- login ---

  /**
   * Who a client is that wants this schema. A user of {@code auth_file} belongs to declared databases, a user of {@code
   * mysql_users} to hostgroups; who is both is the former where the schema is declared.
   */
  @Nullable
  MysqlUser named(String name, String schema) {
    MysqlUser own = groups.user(name);
    MysqlUser proxysql = runtime.user(name);
    return own != null && (proxysql == null || groups.serves(schema)) ? own : proxysql;
  }

  /** Counts the client; null, or why it cannot stay. */
  @Nullable
  Refusal enter(MysqlUser as, String schema) {
    MysqlGroup to = as.ofAuthFile()
        ? groups.find(schema)
        : groups.hostgroup(as.row().defaultHostgroup());
    if (to == null) {
      return schema.isEmpty()
          ? new Refusal("3D000", 1046, "No database selected: name one of [mysql_databases]")
          : new Refusal("42000", 1049, "Unknown database '" + schema + "'");
    }
    Refusal full = count(to);
    if (full != null) {
      return full;
    }
    Refusal refused = runtime.enter(as);
    if (refused != null) {
      to.clients().decrementAndGet();
      return refused;
    }
    wanted = to;
    return null;
  }

  private static @Nullable Refusal count(MysqlGroup to) {
    if (to.disabled()) {
      return Refusal.databaseDisabled(to.name());
    }
    int clients = to.clients().incrementAndGet();
    boolean full = to.maxClients() > 0 && clients > to.maxClients();
    if (!full && !to.removed()) {
      return null;
    }
    to.clients().decrementAndGet();
    return full ? Refusal.MAX_DB_CLIENTS : Refusal.DATABASE_REMOVED;
  }

  /** In place of {@link #enter}: the session runs a mirrored statement of a client that belongs there. */
  void mirrors(MysqlGroup of) {
    mirrors = true;
    wanted = of;
  }

  /** The client is in; answers the schema it is in at the servers. */
  String loggedIn(MysqlUser as, String schema) {
    MysqlGroup to = wanted;
    if (to == null) {
      throw new IllegalStateException("not counted");
    }
    wanted = null;
    settleIn(to, as);
    if (mirrors) {
      return schema; // the client's own, as it is at the servers
    }
    metrics().traffic().addClientLogins(1);
    return to.schema(schema);
  }

  private void settleIn(MysqlGroup to, MysqlUser as) {
    MysqlAccount its = to.account(to.serverUser(as));
    if (!mirrors) {
      its.clients().incrementAndGet();
    }
    group = to;
    account = its;
    elsewhere = null;
    strayed = null;
    line = to.line();
    Declared declared = line;
    mode = its.mode();
    splits = declared != null && declared.entry().readWriteSplit() && mode != PoolMode.SESSION;
  }

  /** The client has gone, or logs in as somebody else. */
  void leave() {
    if (!mirrors) {
      moveOut(group, account);
    }
    if (before != null) {
      before.clients().decrementAndGet();
      before = null;
    }
    group = null;
    account = null;
    line = null;
  }

  private static void moveOut(@Nullable MysqlGroup from, @Nullable MysqlAccount its) {
    if (from != null && its != null) {
      from.clients().decrementAndGet();
      its.clients().decrementAndGet();
    }
  }

  // --- statements ---

  /** The hostgroup of a statement about which no rule says anything. */
  int hostgroup(@Nullable Statement statement) {
    Declared declared = line;
    if (declared == null) {
      return session.user().row().defaultHostgroup();
    }
    boolean reads = splits && statement != null && statement.classification().isPlainRead()
        && ServerStatus.has(session.status(), ServerStatus.AUTOCOMMIT);
    return reads && runtime.hostgroup(declared.reader()).hasUsable()
        ? declared.reader()
        : declared.writer();
  }

  /** Whether the server stays with the session whatever happens. */
  boolean keepsServer() {
    return mode == PoolMode.SESSION;
  }

  /** Whether transactions of more than one statement are refused. */
  boolean singleStatements() {
    return mode == PoolMode.STATEMENT;
  }

  /** Whether a statement begins a transaction that others are to follow in. */
  static boolean opensTransaction(Statement statement) {
    for (Effect effect : statement.classification().effects()) {
      boolean opens = switch (effect) {
        case Effect.Begin _ -> true;
        case Effect.Pin(Effect.Cause cause, _) -> cause == Effect.Cause.XA_TRANSACTION;
        case Effect.Assign(Effect.Scope scope, String name, Value value) ->
          scope == Effect.Scope.SESSION && name.equals("autocommit")
              && !(value instanceof Value.Literal(String text, _)
                  && !OFF.contains(text.toLowerCase(Locale.ROOT)));
        default -> false;
      };
      if (opens) {
        return true;
      }
    }
    return false;
  }

  /** In whose name the session uses a server of this hostgroup. */
  MysqlAccount accountAt(Target target) {
    MysqlAccount own = account();
    Declared declared = line;
    if (declared != null && declared.contains(target.hostgroup())) {
      return own;
    }
    MysqlGroup at = target.group();
    if (at == own.group()) {
      return own;
    }
    MysqlAccount last = elsewhere;
    if (last == null || last.group() != at) {
      last = at.account(session.user());
      elsewhere = last;
    }
    return last;
  }

  /** Whether it is a declared database. */
  boolean isDeclared() {
    return line != null;
  }

  /** Whether the server belongs to another declared database: a USE that did not succeed has led there. */
  boolean hasStrayedTo(MysqlServer on) {
    MysqlAccount there = strayed;
    return there != null && there.equals(on.owner().account());
  }

  /** Longest wait of a command for a server, where the file says it and not ProxySQL's variables; 0 is no limit. */
  long longestWaitMillis() {
    MysqlGroup at = group;
    return line != null && at != null
        ? at.queryWaitMillis(session.user())
        : groups.longestPauseMillis();
  }

  // --- USE ---

  /**
   * Deals with a USE: of another declared database it goes to that one's servers, and a name that differs from the
   * schema's there is replaced. False when it is like any other statement.
   */
  boolean use(String name) {
    MysqlGroup to = line == null || mirrors ? null : destination(name);
    if (to == null) {
      return false;
    }
    if (to != group && !moves(to)) {
      return true;
    }
    session.current().useSchema(session.link(), to.schema(name), session.capabilities());
    session.toHostgroup(hostgroup(null));
    return true;
  }

  /** Where a USE leads; null when it stays here and means what it says. */
  private @Nullable MysqlGroup destination(String name) {
    MysqlGroup here = group;
    MysqlGroup to = groups.declared(name);
    if (to == null && here != null && here.auto()) {
      to = groups.find(name); // the template stands for that name as well
    }
    return to == here && to != null && to.schema(name).equals(name) ? null : to;
  }

  private boolean moves(MysqlGroup to) {
    boolean inTransaction = ServerStatus.has(session.status(), ServerStatus.IN_TRANSACTION);
    session.pins().endOfStatement(); // as every statement ends what holds until the next one
    boolean prepared = !session.statements().texts().isEmpty(); // for the servers of here
    if (inTransaction || session.pins().any() || prepared) {
      session.refuseCommand(new Refusal("HY000", 1105, "USE of another database of "
          + "[mysql_databases] needs another server, and this session holds its own ("
          + (inTransaction
              ? "transaction"
              : session.pins().any()
                  ? session.pins().describe()
                  : Pins.Reason.TEXT_PREPARE.text())
          + ")"));
      return false;
    }
    Refusal full = count(to);
    if (full != null) {
      session.refuseCommand(full);
      return false;
    }
    session.giveBack(false); // kept in session mode
    MysqlAccount old = account;
    before = group;
    arrived = false;
    if (old != null) {
      old.clients().decrementAndGet();
    }
    settleIn(to, session.user());
    return true;
  }

  /** A text of several statements cannot be led elsewhere in its middle; null, or why it is refused. */
  @Nullable
  Refusal refusal(Statement statement) {
    Classification c = statement.classification();
    if (line == null || !c.isMultiStatement()) {
      return null;
    }
    for (Effect effect : c.effects()) {
      if (effect instanceof Effect.UseDatabase(String name) && destination(name) != null) {
        return new Refusal("42000", 1148,
            "USE of a database of [mysql_databases] must be sent as a statement of its own");
      }
    }
    return null;
  }

  /** The name in a text that is a USE and nothing else; null when it is none. */
  static @Nullable String used(Statement statement) {
    List<Effect> effects = statement.classification().effects();
    return statement.classification().statements() == 1 && !effects.isEmpty()
        && effects.getFirst() instanceof Effect.UseDatabase(String name) ? name : null;
  }

  /** The command has succeeded. */
  void arrived() {
    arrived = true;
  }

  /** The command is over: a USE that did not succeed has led nowhere. */
  void commandOver() {
    MysqlGroup old = before;
    if (old == null) {
      return;
    }
    before = null;
    if (arrived) {
      old.clients().decrementAndGet();
    } else {
      MysqlAccount there = account;
      moveOut(group, there);
      settleIn(old, session.user());
      strayed = there;
    }
  }

  // --- what others ask ---

  PoolMetrics.Worker metrics() {
    return account().metrics(session.worker());
  }

  private MysqlAccount account() {
    MysqlAccount its = account;
    if (its == null) {
      throw new IllegalStateException("not logged in");
    }
    return its;
  }

  /** Where a session belongs that is logged in. */
  MysqlGroup group() {
    return account().group();
  }

  @Nullable
  MysqlGroup groupOrNull() {
    return group;
  }
}
