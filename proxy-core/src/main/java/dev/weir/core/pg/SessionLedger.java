package dev.weir.core.pg;

import dev.weir.core.sql.pg.SessionOp;
import dev.weir.core.sql.pg.StatementEffects;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
  /** What the session began with, and goes back to. */
  private SettingSet initial = SettingSet.EMPTY;
  private @Nullable SessionListens listens;
  private final List<String> unlistened = new ArrayList<>();
  private int bindsWhileMoving;
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

  /** A setting that the session has from its beginning. */
  void begunWith(String name, String sql) {
    initial = initial.with(name, sql);
    settings = initial;
    if (settings.weight() > MAX_WEIGHT) {
      pins |= TOO_MUCH;
    }
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

  /** What it listens to, null when it never did. */
  @Nullable
  SessionListens listens() {
    return listens;
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
      return; // there is nothing that could end
    }
    pending |= flags;
    unlistened.addAll(effects.unlistened());
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
    if ((flags & StatementEffects.SEQUENCE) != 0) {
      states.asksForSequences();
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
        && (simple || executions == 1) && ops != null && ops.stream().allMatch(this::certain);
    if (plain && ops != null) {
      List<String> channels = new ArrayList<>();
      if (!failed) {
        ops.forEach(op -> apply(op, from, channels));
      }
      return listensNext(from, channels, pins) ? Verdict.ASKING : known(from, pins);
    }
    if (!failed && listens != null) {
      for (String channel : unlistened) {
        unlisten(channel);
      }
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

  /** Whether what the ledger knows and the text together tell all: else the server is asked. */
  private boolean certain(SessionOp op) {
    return switch (op) {
      case SessionOp.UnsetAll _ -> settings.hasNoDots(); // they become empty, or what their library says
      case SessionOp.Unlisten _ -> (pins & StatementEffects.LISTEN) == 0;
      case SessionOp.Forget _ -> (pins & StatementEffects.PREPARED) == 0;
      case SessionOp.Assign _,SessionOp.Unset _,SessionOp.DiscardAll _,SessionOp.Prepare _,SessionOp.Listen _,SessionOp.End _ ->
        true;
    };
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
    states.restoreUnless(audit.reports(), from);
    int byText = (pins | pending) & (TOLD_BY_TEXT | TOO_MUCH);
    int binds = audit.binds() | byText;
    if (!listensNext(from, audit.channels(), binds)) {
      known(from, binds);
    }
  }

  /** The server listens: somebody else shall. False when there is nothing to be done. */
  private boolean listensNext(PgServer from, Collection<String> channels, int binds) {
    if (channels.isEmpty()) {
      return false;
    }
    SessionListens all = listens;
    if (all == null) {
      all = states.listens();
      listens = all;
    }
    asking = true;
    bindsWhileMoving = binds & ~StatementEffects.LISTEN;
    all.move(from, channels);
    return true;
  }

  /** The server listens no more, or has to go on with it because nobody else could. */
  void listensMoved(PgServer from, boolean well) {
    asking = false;
    known(from, well ? bindsWhileMoving : bindsWhileMoving | StatementEffects.LISTEN);
  }

  private void unlisten(String channel) {
    SessionListens all = listens;
    if (all != null && channel.equals(StatementEffects.ALL_CHANNELS)) {
      all.removeAll();
    } else if (all != null) {
      all.remove(List.of(channel));
    }
  }

  private void apply(SessionOp op, PgServer from, List<String> channels) {
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
        channels.clear();
        unlisten(StatementEffects.ALL_CHANNELS);
      }
      case SessionOp.Prepare(String name, String sql) ->
        settings = settings.withPrepared(name, sql);
      case SessionOp.Forget(String name) -> settings = settings.withoutPrepared(name);
      case SessionOp.Listen(String channel) -> channels.add(channel);
      case SessionOp.Unlisten(String channel) -> {
        channels.remove(channel);
        unlisten(channel);
      }
      case SessionOp.End(int flags) -> {
        pins &= ~flags;
        if ((flags & StatementEffects.PREPARED) != 0) {
          onExecute = 0;
          settings = settings.withNothingPrepared();
        }
        if ((flags & StatementEffects.LISTEN) != 0) {
          channels.clear();
          unlisten(StatementEffects.ALL_CHANNELS);
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
      settings = settings.orElse(initial);
      return Verdict.FREE;
    }
    from.ledger().mirror().has(settings);
    settings = settings.orElse(initial);
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
    unlistened.clear();
  }
}
