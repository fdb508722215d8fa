package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Bytes;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.Ticket;
import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.Bind;
import dev.weir.pg.message.DataRow;
import dev.weir.pg.message.Describe;
import dev.weir.pg.message.ErrorResponse;
import dev.weir.pg.message.Execute;
import dev.weir.pg.message.FrontendMessage;
import dev.weir.pg.message.MalformedMessageException;
import dev.weir.pg.message.Parse;
import dev.weir.pg.message.RowDescription;
import dev.weir.pg.message.Sync;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks a user's secret up with {@code auth_query}, on a server connection of the auth_user's pool. Confined to the
 * login's worker. Nothing of the client reaches that connection but the user name, as a parameter (CVE-2025-12819).
 */
final class AuthQuery implements Tenant, Ticket.Waiter {
  private static final Logger LOG = LoggerFactory.getLogger(AuthQuery.class);
  private static final int TEXT_OID = 25;
  /** A user name and a secret of 64 KiB fit. */
  private static final int MAX_ANSWER = 256 * 1024;

  /** What came of it. */
  sealed interface Outcome {
    /** @param secret null when the user may not log in */
    record Found(String user, @Nullable String secret) implements Outcome {}

    record NoSuchUser() implements Outcome {}

    record Failed(Refusal why) implements Outcome {}
  }

  private final PgPool pool;
  private final Worker worker;
  private final String sql;
  private final String user;
  private final Consumer<Outcome> done;
  private final Ticket ticket = new Ticket(this);
  private final long startNanos = System.nanoTime();
  private @Nullable PgServer server;
  private @Nullable ByteBuf answer;
  private boolean over;

  AuthQuery(PgPool pool, Worker worker, String sql, String user, Consumer<Outcome> done) {
    this.pool = pool;
    this.worker = worker;
    this.sql = sql;
    this.user = user;
    this.done = done;
  }

  void start() {
    PooledConnection granted = pool.pool().checkout(ticket, System.nanoTime());
    if (granted != null) {
      run((PgServer) granted);
      return;
    }
    Refusal failing = pool.failFast(System.nanoTime());
    if (failing != null) {
      pool.pool().abandon(ticket);
      end(new Outcome.Failed(failing));
    }
  }

  /** The login ended meanwhile. */
  void abandon() {
    if (over) {
      return;
    }
    over = true;
    pool.pool().abandon(ticket);
    PgServer used = server;
    server = null;
    if (used != null) {
      used.attach(GoneTenant.INSTANCE);
      used.close("client disconnect while server was not ready");
    }
    releaseAnswer();
  }

  @Override
  public Worker worker() {
    return worker;
  }

  @Override
  public void onGranted(PooledConnection connection) {
    PgServer granted = (PgServer) connection;
    if (over) {
      granted.pool().put(granted, System.nanoTime());
    } else {
      run(granted);
    }
  }

  @Override
  public void onRefused(Refusal why) {
    end(new Outcome.Failed(why));
  }

  private void run(PgServer granted) {
    server = granted;
    granted.attach(this);
    ServerMirror mirror = granted.ledger().mirror();
    if (mirror.differs(SettingSet.EMPTY)) { // nothing a session has set may reach the lookup
      granted.bringTo(SettingSet.EMPTY, "");
    } else {
      ask(granted);
    }
  }

  private void ask(PgServer granted) {
    granted.expect(ReplyQueue.PARSE, ReplyQueue.FORWARD, null);
    send(granted, new Parse("", sql.getBytes(StandardCharsets.UTF_8), new int[]{TEXT_OID}));
    granted.expect(ReplyQueue.BIND, ReplyQueue.FORWARD, null);
    send(granted, Bind.text("", "", List.of(user)));
    granted.expect(ReplyQueue.DESCRIBE, ReplyQueue.FORWARD, null);
    send(granted, new Describe(Describe.PORTAL, ""));
    granted.expect(ReplyQueue.EXECUTE, ReplyQueue.FORWARD, null);
    send(granted, new Execute("", 0));
    granted.expect(ReplyQueue.SYNC, ReplyQueue.FORWARD, null);
    send(granted, new Sync());
  }

  private static void send(PgServer to, FrontendMessage message) {
    ByteBuf out = to.buffer(256);
    message.encode(out);
    to.send(out);
  }

  @Override
  public void receive(ByteBuf bytes) {
    ByteBuf collected = answer;
    if (collected == null) {
      answer = bytes;
      return;
    }
    if (collected.readableBytes() + bytes.readableBytes() > MAX_ANSWER) {
      bytes.release();
      PgServer from = server;
      if (from != null) {
        from.close("auth_query answer too long", Refusal.BOUNCER_CONFIG_ERROR);
      }
      return;
    }
    answer = Bytes.join(collected, bytes);
  }

  @Override
  public void readyForQuery(byte status, boolean ready) {
    PgServer from = server;
    if (!ready || from == null) {
      return;
    }
    Outcome outcome;
    try {
      outcome = read();
    } catch (MalformedMessageException e) {
      outcome = broken(String.valueOf(e.getMessage()));
    }
    server = null;
    if (outcome instanceof Outcome.Failed) {
      from.attach(GoneTenant.INSTANCE);
      from.close("auth_query failed");
    } else {
      from.release(pool.sessionPooling(), System.nanoTime());
    }
    end(outcome);
  }

  private Outcome read() {
    ByteBuf in = answer;
    String name = null;
    String secret = null;
    boolean row = false;
    while (in != null && in.readableBytes() >= Framing.HEADER) {
      int length = Framing.messageLength(in, in.readerIndex(), MAX_ANSWER);
      byte tag = in.getByte(in.readerIndex());
      ByteBuf body = in.slice(in.readerIndex() + Framing.HEADER, length - Framing.HEADER);
      in.skipBytes(length);
      switch (tag) {
        case 'T' -> {
          int columns = RowDescription.decode(body).fields().size();
          if (columns != 2) {
            return broken("expected 2 columns from auth_query, not " + columns);
          }
        }
        case 'D' -> {
          DataRow data = DataRow.decode(body);
          if (data.columns().size() != 2) {
            return broken("expected 2 columns from auth_query, not " + data.columns().size());
          }
          row = true;
          name = data.text(0);
          secret = data.text(1);
        }
        case 'E' -> {
          return broken("error in auth_query: " + ErrorResponse.decode(body).message());
        }
        default -> {
          // says nothing about the user
        }
      }
    }
    if (!row) {
      return new Outcome.NoSuchUser();
    }
    if (name == null) {
      return broken("auth_query returned a row without a user name");
    }
    if (!name.equals(user)) {
      return broken("auth_query returned another user than the one asked for");
    }
    return new Outcome.Found(name, secret);
  }

  private Outcome broken(String why) {
    LOG.warn("{}{}", server, why);
    return new Outcome.Failed(Refusal.BOUNCER_CONFIG_ERROR);
  }

  private void end(Outcome outcome) {
    if (!over) {
      over = true;
      releaseAnswer();
      done.accept(outcome);
    }
  }

  private void releaseAnswer() {
    if (answer != null) {
      answer.release();
      answer = null;
    }
  }

  long waitedNanos(long now) {
    return now - startNanos;
  }

  /** Prefix of log lines. */
  @Override
  public String toString() {
    return "auth_query for " + user + " on " + pool + ": ";
  }

  @Override
  public boolean congested() {
    return false;
  }

  @Override
  public void parameterChanged(int index, String value) {
    // a lookup has no parameters
  }

  @Override
  public void answerFake(byte kind) {
    // nothing is faked for a lookup
  }

  @Override
  public void undone(ReplyNote note) {
    // the error message tells
  }

  @Override
  public void statementsDiscarded() {
    // a lookup has none
  }

  @Override
  public void caughtUp() {
    // never asked for
  }

  @Override
  public void synced(@Nullable String complaint) {
    PgServer to = server;
    if (to == null) {
      return;
    }
    if (complaint == null) {
      ask(to);
    } else {
      to.close("var change failed", Refusal.BOUNCER_CONFIG_ERROR);
    }
  }

  @Override
  public void audited(ByteBuf row) {
    // has asked for nothing
  }

  @Override
  public void serverLost(Refusal why) {
    server = null;
    end(new Outcome.Failed(Refusal.BOUNCER_CONFIG_ERROR));
  }
}
