package dev.weir.core.pg;

import dev.weir.core.sql.pg.SessionOp;
import dev.weir.core.sql.pg.StatementEffects;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a session has made of itself, so that its next server can be made the same, and what keeps it on its present one.
 * Confined to the session's worker.
 *
 * <p>Texts are only a suspicion. What a statement did is taken from its text when it was alone, in no transaction, and
 * went well; in every other case the server is asked when the transaction is over, so that roll-backs, savepoints,
 * errors, procedures and anonymous blocks need no guessing.
 */
final class SessionLedger {
  /** What becomes of the server now that the transaction is over. */
  enum Verdict {
    FREE, KEPT, ASKING
  }

  /** What a session may have set and be moved: characters, and settings with a dot in their name. */
  private static final int MAX_WEIGHT = 64 * 1024;
  private static final int MAX_NAMES = 200;

  /** What nothing but the end of the connection undoes. */
  private static final int SPOILING = StatementEffects.LOAD | StatementEffects.SEED;
  /** What no server can be asked about. */
  private static final int TOLD_BY_TEXT = SPOILING | StatementEffects.SEQUENCE
      | StatementEffects.COMPUTED_NAME;
  /** The server could not be asked. */
  static final int UNREADABLE = 1 << 20;
  /** More was set than is carried along. */
  static final int TOO_MUCH = 1 << 21;

  private final SessionStates states;
  private final SessionAudit audit = new SessionAudit();
  private final Set<String> customNames = new TreeSet<>();
  private SettingSet settings = SettingSet.EMPTY;
  private boolean on;
  private boolean asking;
  // since the server was got, or last known
  private int statements;
  private int executions;
  private int pending;
  private boolean simple;
  private boolean transaction;
  private @Nullable StatementEffects only;
  private StatementEffects unnamed = StatementEffects.NONE;
  private int onExecute;
  // what keeps the server
  private int pins;
  private @Nullable PinMeter meter; // made with the first of them
  private @Nullable Instant pinnedSince;
  private String pinnedBy = "";
  private String suspect = "";

  SessionLedger(SessionStates states) {
    this.states = states;
  }

  /** From here on the session's state is carried along. */
  void begin() {
    on = true;
  }

  boolean on() {
    return on;
  }

  SettingSet settings() {
    return settings;
  }

  boolean asking() {
    return asking;
  }

  int pins() {
    return pins;
  }

  @Nullable
  Instant pinnedSince() {
    return pinnedSince;
  }

  /** The beginning of the statement that did it. */
  String pinnedBy() {
    return pinnedBy;
  }

  /** Nothing keeps a server any more, be it that the session is closed. */
  void over() {
    PinMeter counts = meter;
    if (counts != null) {
      counts.become(0);
    }
  }

  private PinMeter meter() {
    PinMeter counts = meter;
    if (counts == null) {
      counts = states.newMeter();
      meter = counts;
    }
    return counts;
  }

  // --- requests ---

  /** A query string goes to the server. */
  void query(PgServer to, StatementEffects effects, ByteBuf in, int from, int end) {
    note(to, effects, true);
    if (pending != 0 && !effects.none()) {
      suspect = StatementShape.of(in, from, end);
    }
  }

  /** An unnamed statement is parsed, which happens when it is bound. */
  void parsed(StatementEffects effects) {
    unnamed = effects;
  }

  void boundUnnamed(PgServer to) {
    note(to, unnamed, false);
  }

  void bound(PgServer to, StatementEffects effects) {
    note(to, effects, false);
  }

  void executed() {
    executions++;
  }

  private void note(PgServer to, StatementEffects effects, boolean asQuery) {
    statements++;
    simple = asQuery;
    only = effects;
    if (effects.none()) {
      return;
    }
    transaction |= effects.transactionControl();
    onExecute |= effects.onExecute();
    int flags = effects.flags();
    if ((flags & StatementEffects.EXECUTES) != 0) {
      flags = (flags & ~StatementEffects.EXECUTES) | onExecute;
    }
    if (flags == StatementEffects.ENDS && pins == 0 && pending == 0) {
      return;
    }
    pending |= flags;
    if (flags != 0) {
      to.ledger().mirror().touched();
    }
    if ((flags & SPOILING) != 0) {
      to.ledger().mirror().spoil();
    }
    for (String name : effects.customNames()) {
      if (customNames.size() < MAX_NAMES) {
        customNames.add(name);
      } else {
        pending |= TOO_MUCH;
      }
    }
    if ((flags & StatementEffects.SEQUENCE) != 0 && statements == 1 && pins == 0 && to.ready()) {
      // Whoever used sequences on this server before, it was not this session.
      to.expect(ReplyQueue.QUERY, ReplyQueue.SWALLOW, null);
      to.sendQuery("DISCARD SEQUENCES");
    }
  }

  /** ReadyForQuery inside of a transaction. */
  void inTransaction() {
    transaction = true;
  }

  // --- the transaction is over ---

  /** Nothing is open and nothing is due: whether the server may go. */
  Verdict atEnd(PgServer from) {
    if (!on) {
      return Verdict.FREE;
    }
    if (pending == 0) {
      from.ledger().pardon();
      forget();
      return pins == 0 ? Verdict.FREE : Verdict.KEPT;
    }
    StatementEffects told = only;
    boolean failed = from.ledger().failed();
    from.ledger().pardon();
    List<SessionOp> ops = told == null ? null : told.ops();
    boolean plain = statements == 1 && !transaction && (pins & UNREADABLE) == 0
        && (simple || executions == 1);
    if (plain && ops != null) {
      if (!failed) {
        ops.forEach(op -> apply(op, from));
      }
      return known(from, pins);
    }
    asking = true;
    Set<String> names = new HashSet<>(customNames);
    for (String name : settings.names()) {
      if (name.indexOf('.') >= 0) {
        names.add(name);
      }
    }
    from.sync(audit.ask(names), ReplyNote.Sync.AUDIT);
    return Verdict.ASKING;
  }

  void row(ByteBuf body, PgServer server) {
    audit.row(body, server);
  }

  /** The server has answered what was asked, or refused to. */
  void answered(PgServer from, @Nullable String complaint) {
    asking = false;
    if (complaint != null) {
      pins |= UNREADABLE;
      pin();
      forget();
      return;
    }
    settings = audit.settings();
    int byText = (pins | pending) & (TOLD_BY_TEXT | TOO_MUCH);
    known(from, audit.binds() | byText);
  }

  private void apply(SessionOp op, PgServer from) {
    switch (op) {
      case SessionOp.Assign(String name, String sql) -> {
        if (!reported(name, from)) {
          settings = settings.with(name, sql);
        }
      }
      case SessionOp.Unset(String name) -> {
        settings = settings.without(name);
        states.restore(name);
      }
      case SessionOp.UnsetAll _ -> {
        settings = settings.afterResetAll();
        states.restore(null);
      }
      case SessionOp.DiscardAll _ -> {
        states.restore(null);
        settings = SettingSet.EMPTY;
        customNames.clear();
        pins &= SPOILING;
        onExecute = 0;
      }
      case SessionOp.End(int flags) -> {
        pins &= ~flags;
        if ((flags & StatementEffects.PREPARED) != 0) {
          onExecute = 0;
        }
      }
    }
  }

  private static boolean reported(String name, PgServer from) {
    int index = from.owner().runtime().tracked().find(name);
    return index >= 0 && from.parameters().get(index) != null;
  }

  private Verdict known(PgServer from, int binds) {
    pins = binds;
    if (settings.weight() > MAX_WEIGHT) {
      pins |= TOO_MUCH;
    }
    forget();
    if (pins == 0) {
      over();
      pinnedSince = null;
      from.ledger().mirror().settled(settings);
      return Verdict.FREE;
    }
    from.ledger().mirror().has(settings);
    pin();
    return Verdict.KEPT;
  }

  private void pin() {
    meter().become(pins);
    if (pinnedSince == null) {
      pinnedSince = Instant.now();
      pinnedBy = suspect;
    }
  }

  private void forget() {
    statements = 0;
    executions = 0;
    pending = 0;
    transaction = false;
    only = null;
  }
}
