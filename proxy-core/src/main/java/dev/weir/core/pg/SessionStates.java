package dev.weir.core.pg;

import dev.weir.core.sql.pg.EffectCache;
import dev.weir.core.sql.pg.Settings;
import dev.weir.core.sql.pg.StatementEffects;
import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.ParameterStatus;
import dev.weir.pg.message.Wire;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a session's requests on their way to the server for what they may do to the session, and tells its ledger.
 * Confined to the session's worker.
 */
final class SessionStates {
  /** Encodings in which the byte of a backslash may be the second half of a character. */
  private static final Set<String> HALVES = Set.of("SJIS", "SHIFT_JIS_2004", "BIG5", "GBK", "UHC",
      "GB18030", "JOHAB");

  private static final Set<String> STYLES = Set.of("iso", "sql", "postgres");

  private final PgSession session;
  private final SessionLedger ledger = new SessionLedger(this);
  private final int encoding;
  private final int strings;
  private ParameterValues greeted = new ParameterValues();

  SessionStates(PgSession session, TrackedParameters tracked) {
    this.session = session;
    this.encoding = tracked.find("client_encoding");
    this.strings = tracked.find("standard_conforming_strings");
  }

  SessionLedger ledger() {
    return ledger;
  }

  /** A parameter of the StartupMessage that no server reports. */
  void begunWith(String name, String value) {
    ledger.begunWith(Settings.lower(name), Settings.setConfig(Settings.lower(name), value));
  }

  /**
   * What servers report and what is not in {@code set} went back to the server's default, if it is not what it was at
   * login.
   */
  void restoreUnless(Set<String> set, PgServer from) {
    TrackedParameters tracked = session.runtime().tracked();
    PgPool.Welcome usual = session.hub().pool().welcome();
    for (int i = 0; i < tracked.count() && usual != null; i++) {
      String before = greeted.get(i);
      String now = from.parameters().get(i);
      if (before != null && now != null && !before.equals(now)
          && now.equals(usual.tracked().get(i)) && !set.contains(Settings.lower(tracked.name(i)))) {
        restore(tracked.name(i));
      }
    }
  }

  /** The session begins to listen. */
  SessionListens listens() {
    return new SessionListens(session, session.hub());
  }

  PinMeter newMeter() {
    return new PinMeter(session.runtime().pins(session.worker()));
  }

  /** Login is over. */
  void begin(PgPool pool) {
    completeDateStyle(pool.welcome());
    greeted = session.parameters().copy();
    ledger.begin();
  }

  /**
   * A parameter, or null for all, went back to what it was at login, which the server does not know: it has told its own
   * default.
   */
  void restore(@Nullable String which) {
    TrackedParameters tracked = session.runtime().tracked();
    for (int i = 0; i < tracked.count(); i++) {
      String before = greeted.get(i);
      if (before != null && !before.equals(session.parameters().get(i))
          && (which == null || which.equalsIgnoreCase(tracked.name(i)))) {
        session.parameters().set(i, before);
        ByteBuf out = session.link().buffer(64 + before.length());
        new ParameterStatus(tracked.name(i), before).encode(out);
        session.link().write(out);
      }
    }
  }

  /**
   * A style without an order of day and month leaves the order as it is: on a server of its own the default, here what
   * the last session had. So the default is named.
   */
  private void completeDateStyle(PgPool.@Nullable Welcome told) {
    int index = session.runtime().tracked().find("DateStyle");
    String given = session.parameters().get(index);
    String usual = told == null ? null : told.tracked().get(index);
    int order = usual == null ? -1 : usual.indexOf(',');
    if (given != null && usual != null && order > 0 && STYLES.contains(Settings.lower(given))) {
      session.parameters().set(index, given + usual.substring(order));
    }
  }

  private EffectTexts texts() {
    return session.runtime().texts(session.worker());
  }

  /** How the session's texts are to be read: of {@link EffectCache}. */
  int mode() {
    int mode = 0;
    if ("off".equals(session.parameters().get(strings))) {
      mode |= EffectCache.BACKSLASHES;
    }
    String charset = session.parameters().get(encoding);
    if (charset != null && HALVES.contains(charset)) {
      mode |= EffectCache.HALF_BACKSLASH;
    }
    if (session.hub().pool().usesSequences()) {
      mode |= EffectCache.SEQUENCES;
    }
    return mode;
  }

  /** The session asks for the last value of a sequence: so do others of its pool, perhaps, who must then keep it. */
  void asksForSequences() {
    session.hub().pool().sequencesUsed();
  }

  /**
   * A Query of {@code length} bytes, perhaps not all of it here yet.
   *
   * @return the name when it does nothing but deallocate one statement
   */
  @Nullable
  String query(PgServer to, ByteBuf in, int at, int length) {
    if (!session.tracks()) {
      return null;
    }
    int from = at + Framing.HEADER;
    int end = Math.min(in.writerIndex(), at + length);
    StatementEffects effects = text(in, from, at + length);
    ledger.query(to, effects, in, from, end);
    return effects.forgets();
  }

  private StatementEffects text(ByteBuf in, int from, int end) {
    if (end > in.writerIndex() || end - from > EffectTexts.LONGEST) {
      return StatementEffects.UNREAD;
    }
    int zero = Wire.cStringEnd(in, from, end);
    return zero < 0 ? StatementEffects.UNREAD : texts().read(mode(), in, from, zero);
  }

  /** A Parse that is passed on as it is: of the unnamed statement, or of one whose name is the client's own matter. */
  void parse(ByteBuf in, int at, int length) {
    if (session.tracks()) {
      int from = at + Framing.HEADER;
      int name = Wire.cStringEnd(in, from, Math.min(in.writerIndex(), at + length));
      ledger.parsed(name < 0
          ? StatementEffects.UNREAD
          : text(in, name + 1, at + length));
    }
  }

  /** A Bind that is passed on as it is. */
  void bind(PgServer to) {
    if (session.tracks()) {
      ledger.boundUnnamed(to);
    }
  }

  /** A Bind of a statement that outlives its server. */
  void bound(PgServer to, PreparedStatement statement) {
    if (session.tracks()) {
      ledger.bound(to, texts().read(mode(), statement.definition(), statement.textLength()));
    }
  }

  /** A function is called by its number: who knows what it does. */
  void function(PgServer to) {
    if (session.tracks()) {
      ledger.bound(to, StatementEffects.UNREAD);
    }
  }

  void executed() {
    ledger.executed();
  }
}
