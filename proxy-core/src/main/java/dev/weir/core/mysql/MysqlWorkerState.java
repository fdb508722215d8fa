package dev.weir.core.mysql;

import dev.weir.core.metrics.PinCounters;
import dev.weir.core.route.DecisionMemo;
import dev.weir.core.route.RouteDecision;
import dev.weir.core.route.Router;
import dev.weir.core.route.RuleSet;
import dev.weir.core.route.SessionFacts;
import dev.weir.core.sql.ClassificationCache;
import dev.weir.core.sql.SqlMode;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.ResponseTracker;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.ServerStatus;
import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one worker keeps for the MySQL sessions on it: statements seen before, counts, the sessions themselves. Confined
 * to its worker, except where a method says otherwise.
 */
final class MysqlWorkerState {
  /** Bytes that remembered statements may take on one worker. */
  private static final long CACHE_BYTES = 8L << 20;
  private static final int NO_HOSTGROUP = -1;

  private final MysqlRuntime runtime;
  private final RandomGenerator random;
  private final Set<MysqlSession> sessions = new HashSet<>();
  private final Set<MysqlConsole> consoles = new HashSet<>();
  private final DecisionMemo decisions = new DecisionMemo();
  private final DigestStatistics digests = new DigestStatistics();
  private final CommandStatistics commands = new CommandStatistics();
  private final Compressors compressors = new Compressors();
  private final PinCounters pins = new PinCounters(Pins.Reason.values().length);
  private ClassificationCache cache;
  private byte[] scratch = new byte[4096];

  MysqlWorkerState(MysqlRuntime runtime, long seed) {
    this.runtime = runtime;
    this.random = new SplittableRandom(seed);
    this.cache = newCache();
  }

  private ClassificationCache newCache() {
    MysqlSettings s = runtime.settings();
    return new ClassificationCache(CACHE_BYTES, s.queryDigests() ? s.digestOptions() : null,
        random);
  }

  /** Digest settings have changed. */
  void forgetStatements() {
    cache = newCache();
  }

  void add(MysqlSession session) {
    sessions.add(session);
  }

  void remove(MysqlSession session) {
    sessions.remove(session);
  }

  void add(MysqlConsole console) {
    consoles.add(console);
  }

  void remove(MysqlConsole console) {
    consoles.remove(console);
  }

  void tick(long now) {
    decisions.forget(runtime.rules());
    for (MysqlSession session : List.copyOf(sessions)) {
      session.tick(now);
    }
    for (MysqlConsole console : List.copyOf(consoles)) {
      console.tick(now);
    }
  }

  RandomGenerator random() {
    return random;
  }

  DigestStatistics digests() {
    return digests;
  }

  CommandStatistics commands() {
    return commands;
  }

  PinCounters pins() {
    return pins;
  }

  Compressors compressors() {
    return compressors;
  }

  /** The statement in a COM_QUERY or COM_STMT_PREPARE, from an index on, as far as the packet holds it. */
  Statement read(ByteBuf packet, int from, SessionVariables variables, int status) {
    int length = Math.min(packet.writerIndex() - from, runtime.settings().maxQueryLength());
    if (scratch.length < length) {
      scratch = new byte[Math.max(length, scratch.length * 2)];
    }
    packet.getBytes(from, scratch, 0, length);
    return cache.get(mode(variables, status), scratch, 0, length);
  }

  private static SqlMode mode(SessionVariables variables, int status) {
    String sqlMode = variables.get("sql_mode");
    boolean escapes = !ServerStatus.has(status, ServerStatus.NO_BACKSLASH_ESCAPES);
    boolean ansi = sqlMode != null && sqlMode.contains("ANSI_QUOTES");
    SqlMode.WideBytes wide = wide(variables.get("character_set_client"));
    return !ansi && escapes && wide == SqlMode.WideBytes.NONE
        ? SqlMode.MYSQL
        : new SqlMode(SqlMode.Dialect.MYSQL, ansi, escapes, wide);
  }

  private static SqlMode.WideBytes wide(@Nullable String charset) {
    return switch (charset == null ? "" : charset) {
      case "gbk", "gb18030", "big5", "gb2312" -> SqlMode.WideBytes.GBK;
      case "sjis", "cp932" -> SqlMode.WideBytes.SJIS;
      default -> SqlMode.WideBytes.NONE;
    };
  }

  RouteDecision decide(Statement statement, SessionFacts facts) {
    return decisions.decide(runtime.rules(), statement, facts, random);
  }

  /** What is decided where there are no rules. */
  RouteDecision decideNothing(Statement statement, SessionFacts facts) {
    return Router.decide(RuleSet.EMPTY, statement, facts, random);
  }

  /** A command has been answered by a server. */
  void count(MysqlSession session, CurrentCommand command, MysqlServer from,
      ResponseTracker tracker, long now) {
    if (command.statement() != null) {
      QueryTrail.answered(runtime, session, command, from, tracker);
    } else if (command.command() == Command.INIT_DB && tracker.outcome().errorCode() == 0) {
      AuditTrail.schemaChosen(runtime, session);
    }
    count(session, command, from.owner().target().hostgroup(),
        tracker.outcome().affectedRows(), tracker.rows());
  }

  /** A command has been answered from the query cache: as in the original, by hostgroup -1. */
  void countCached(MysqlSession session, CurrentCommand command, long rows) {
    QueryTrail.cached(runtime, session, command, rows);
    count(session, command, NO_HOSTGROUP, 0, rows);
  }

  private void count(MysqlSession session, CurrentCommand command, int hostgroup, long affected,
      long rows) {
    runtime.counters().questions.increment();
    long micros = (System.nanoTime() - command.sinceNanos()) / 1000;
    if (micros >= runtime.side().settings().slowMicros()) {
      runtime.counters().slowQueries.increment();
    }
    Statement statement = command.statement();
    if (statement == null) {
      return;
    }
    commands.count(statement.classification().command(), micros);
    if (statement.digest() != null) {
      String client = runtime.settings().query().digestsByHost() ? session.clientHost() : "";
      digests.count(hostgroup, session.schema(), session.user().name(), client,
          statement.digest(), micros, affected, rows);
    }
  }
}
