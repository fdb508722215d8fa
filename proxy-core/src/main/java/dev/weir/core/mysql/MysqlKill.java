package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Worker;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResponseTracker;
import dev.weir.mysql.packet.ComQuery;
import dev.weir.mysql.packet.ComSimple;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the query that a server connection runs: a connection of its own that logs in as the same user, says
 * {@code KILL QUERY} and leaves. Until that is over the server connection goes to nobody else, so that no other client's
 * query is hit. Confined to the server connection's worker.
 */
final class MysqlKill implements MysqlServerLogin.Owner, LinkHandler {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlKill.class);

  private final MysqlServer target;
  private final Worker worker;
  private final ResponseTracker tracker = new ResponseTracker();
  private @Nullable Link link;
  private long capabilities;
  private boolean over;

  private MysqlKill(MysqlServer target) {
    this.target = target;
    this.worker = target.worker();
  }

  /** Begins; on the server connection's worker. */
  static void query(MysqlServer target) {
    MysqlKill kill = new MysqlKill(target);
    target.killBegins();
    new MysqlServerLogin(kill, target.owner()).start();
  }

  /** Ends a session's running command, or the session with it. On the session's worker. */
  static void session(MysqlSession session, ServerSearch search, boolean queryOnly) {
    MysqlServer running = session.server();
    if (session.state() == MysqlSession.State.RUNNING && running != null) {
      query(running);
    } else if (queryOnly && session.state() == MysqlSession.State.WAITING) {
      search.leave();
      session.refuseCommand(MysqlRefusals.KILLED);
      session.intake().work();
    }
    if (!queryOnly) {
      session.close("killed");
    }
  }

  @Override
  public Worker worker() {
    return worker;
  }

  @Override
  public void connected(Link to) {
    link = to;
  }

  @Override
  public void loggedIn(long agreed, long thread, String serverVersion) {
    Link to = link;
    if (to == null) {
      return;
    }
    capabilities = agreed;
    to.handler(this);
    tracker.begin(Command.QUERY, agreed);
    ByteBuf out = to.buffer(64);
    Packets.write(out, 0, ComQuery.of("KILL QUERY " + target.threadId()), agreed);
    to.write(out);
  }

  @Override
  public void failed(Refusal why) {
    LOG.warn("{}: query could not be killed: {}", target, why.message());
    over();
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    try {
      tracker.scan(bytes, bytes.readerIndex(), bytes.writerIndex());
      if (tracker.isDone()) {
        over();
      }
    } catch (MalformedPacketException e) {
      failed(new Refusal("HY000", 2027, String.valueOf(e.getMessage())));
    } finally {
      bytes.release();
    }
  }

  @Override
  public void onWritable() {
    // one short command
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    over();
  }

  private void over() {
    if (over) {
      return;
    }
    over = true;
    Link to = link;
    if (to != null && to.open()) {
      ByteBuf out = to.buffer(8);
      Packets.write(out, 0, new ComSimple(Command.QUIT), capabilities);
      to.write(out);
      to.close();
    }
    target.killEnds();
  }
}
