package dev.weir.core.pg;

import io.netty.buffer.ByteBuf;

/**
 * Asks a server to prepare statements and to forget them, in between what its tenant asks. Confined to the server
 * connection's worker.
 */
final class StatementPreparer {
  private final PgServer server;

  StatementPreparer(PgServer server) {
    this.server = server;
  }

  /** Injects what is needed so that the server knows the statement; room is made by closing the oldest. */
  void prepare(PreparedStatement statement, int limit) {
    ServerStatements.Known known = announce(statement, limit);
    server.expect(ReplyQueue.PARSE, ReplyQueue.SWALLOW, known);
    server.send(parse(statement));
  }

  /** Prepares again what the server already knows: its error tells the client that the name is taken. */
  void repeatParse(PreparedStatement statement) {
    server.expect(ReplyQueue.PARSE, ReplyQueue.FORWARD, null);
    server.send(parse(statement));
  }

  /** A client's Parse under its own name, sent under ours. */
  void parseFor(PreparedStatement statement, String name, int limit) {
    ServerStatements.Known known = announce(statement, limit);
    server.expect(ReplyQueue.PARSE, ReplyQueue.FORWARD,
        new ReplyNote.ClientParse(statement, name, known));
    server.send(parse(statement));
  }

  /** A Parse is about to be sent. */
  private ServerStatements.Known announce(PreparedStatement statement, int limit) {
    ServerStatements statements = server.statements();
    boolean mayBeThere = statements.mayBeThere(statement);
    if (!statements.uses(statement)) {
      makeRoom(limit);
    }
    ServerStatements.Known known = statements.asks(statement);
    if (mayBeThere) {
      sendClose(known);
    }
    server.owner().metrics(server.worker()).traffic().addServerParses(1);
    return known;
  }

  private ByteBuf parse(PreparedStatement statement) {
    byte[] name = statement.serverName();
    byte[] definition = statement.definition();
    ByteBuf out = server.buffer(name.length + definition.length + 6);
    out.writeByte('P').writeInt(4 + name.length + 1 + definition.length);
    out.writeBytes(name).writeByte(0).writeBytes(definition);
    return out;
  }

  private void makeRoom(int limit) {
    ServerStatements statements = server.statements();
    ServerStatements.Known oldest = statements.evict(limit);
    while (oldest != null) {
      sendClose(oldest);
      oldest = statements.evict(limit);
    }
  }

  private void sendClose(ServerStatements.Known known) {
    server.statements().closes();
    server.expect(ReplyQueue.CLOSE, ReplyQueue.SWALLOW, new ReplyNote.Dropped(known));
    byte[] name = known.statement().serverName();
    ByteBuf out = server.buffer(name.length + 7);
    out.writeByte('C').writeInt(4 + 1 + name.length + 1).writeByte('S').writeBytes(name)
        .writeByte(0);
    server.send(out);
  }
}
