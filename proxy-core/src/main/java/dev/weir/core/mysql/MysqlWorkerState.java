package dev.weir.core.mysql;

import dev.weir.core.route.RouteDecision;
import dev.weir.core.route.Router;
import dev.weir.core.route.SessionFacts;
import dev.weir.core.sql.ClassificationCache;
import dev.weir.core.sql.SqlMode;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResponseTracker;
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

  private final MysqlRuntime runtime;
  private final RandomGenerator random;
  private final Set<MysqlSession> sessions = new HashSet<>();
  private final Set<MysqlConsole> consoles = new HashSet<>();
  private final DigestStatistics digests = new DigestStatistics();
  private final CommandStatistics commands = new CommandStatistics();
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

  /** The statement in a COM_QUERY or COM_STMT_PREPARE, as far as the packet holds it. */
  Statement read(ByteBuf packet, SessionVariables variables, int status) {
    int from = packet.readerIndex() + Packets.HEADER + 1;
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
    return Router.decide(runtime.rules(), statement, facts, random);
  }

  /** A command has been answered by a server. */
  void count(MysqlSession session, CurrentCommand command, MysqlServer from,
      ResponseTracker tracker, long now) {
    runtime.counters().questions.increment();
    Statement statement = command.statement();
    if (statement == null) {
      return;
    }
    long micros = (now - command.sinceNanos()) / 1000;
    commands.count(statement.classification().command(), micros);
    if (statement.digest() != null) {
      digests.count(from.owner().target().hostgroup(), session.schema(), session.user().name(),
          statement.digest(), micros, tracker);
    }
  }
}
