package dev.weir.core.mysql;

import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.StreamStage;
import dev.weir.core.net.Worker;
import dev.weir.core.net.tls.TlsHandshake;
import dev.weir.core.route.RouteDecision;
import dev.weir.core.route.SessionFacts;
import dev.weir.core.sql.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** In place of a client: what is written to it is gone. Of a session that runs a mirrored statement. */
final class MirrorLink implements Link {
  /** As ProxySQL's process list calls the clients of mirrored statements. */
  private static final Endpoint NOBODY = new Endpoint("mirror_internal", 0);

  /**
   * Where the copy goes.
   *
   * @param hostgroup -1 when only rules say
   * @param flag where rules begin; -1 when none are asked
   * @param clientHost of the client whose statement it is, for rules
   * @param listener where that client connected
   */
  record Route(int hostgroup, int flag, String clientHost, Endpoint listener) {}

  private final Worker worker;
  private final Route route;
  private final Runnable ended;
  private boolean open = true;

  /** @param ended runs once, when the session is over */
  MirrorLink(Worker worker, Route route, Runnable ended) {
    this.worker = worker;
    this.route = route;
    this.ended = ended;
  }

  SessionFacts facts(String user, String schema) {
    return new SessionFacts(user, schema, route.clientHost(), route.listener().host(),
        route.listener().port(), Math.max(0, route.flag()), true);
  }

  RouteDecision decide(MysqlWorkerState local, Statement statement, SessionFacts facts) {
    RouteDecision byRules = route.flag() < 0
        ? local.decideNothing(statement, facts)
        : local.decide(statement, facts);
    return byRules.forCopy(route.hostgroup());
  }

  @Override
  public Worker worker() {
    return worker;
  }

  @Override
  public void handler(LinkHandler handler) {
    // nothing ever arrives
  }

  @Override
  public void write(ByteBuf bytes) {
    bytes.release();
  }

  @Override
  public void flush() {
    // nothing waits
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public int unsentBytes() {
    return 0;
  }

  @Override
  public void pauseReads() {
    // everything has arrived
  }

  @Override
  public void resumeReads() {
    // everything has arrived
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      ended.run();
    }
  }

  @Override
  public void abort() {
    close();
  }

  @Override
  public boolean open() {
    return open;
  }

  @Override
  public ByteBuf buffer(int capacity) {
    return PooledByteBufAllocator.DEFAULT.directBuffer(capacity);
  }

  @Override
  public void startTls(TlsHandshake handshake, @Nullable ByteBuf early,
      Consumer<@Nullable Throwable> done) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void pass(StreamStage stage, @Nullable ByteBuf early) {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable SSLSession tlsSession() {
    return null;
  }

  @Override
  public @Nullable String tlsApplicationProtocol() {
    return null;
  }

  @Override
  public void moveTo(Worker target, Runnable moved) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Endpoint remote() {
    return NOBODY;
  }

  @Override
  public void remote(Endpoint claimed) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Endpoint local() {
    return route.listener();
  }

  @Override
  public @Nullable Credentials peerCredentials() {
    return null;
  }

  @Override
  public int fd() {
    return -1;
  }
}
