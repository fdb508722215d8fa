package dev.weir.core.mysql;

import dev.weir.core.net.Bytes;
import dev.weir.mysql.codec.Outcome;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResponseTracker;
import dev.weir.mysql.codec.ResponseTranslator;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.SessionChange;
import dev.weir.mysql.packet.WireText;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The response to the command that a server runs: passed on to the session whose command it is, in the form its client
 * understands, or kept when the command is ours. Notes what the command changes in the server's session. Confined to the
 * server connection's worker.
 */
final class MysqlRelay implements ResponseTranslator.Output {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlRelay.class);

  private final MysqlServer server;
  private final ResponseTracker tracker = new ResponseTracker();
  private final ResponseTranslator translator = new ResponseTranslator(tracker);
  private @Nullable OwnCommand own;
  private long ownSinceNanos;
  private @Nullable ByteBuf rest;
  private boolean serving;
  private boolean translating;
  private int fileShift;
  /** The response is an error that the client does not get. */
  private boolean kept;
  private int preparedId;
  private int preparedParameters;

  MysqlRelay(MysqlServer server) {
    this.server = server;
  }

  // --- a command begins ---

  /** The next response is to a command of the tenant. */
  void begin(Command command, long capabilities, long clientCapabilities, int firstSequence) {
    serving = true;
    kept = false;
    translating = ResponseTranslator.isNeeded(capabilities, clientCapabilities);
    if (translating) {
      translator.begin(command, capabilities, clientCapabilities, firstSequence);
    } else {
      tracker.begin(command, capabilities, firstSequence);
    }
    tracker.addStatus(server.tenant().statusElsewhere());
    if (tracker.isDone()) {
      serving = false; // a command without an answer
    }
  }

  /** The next response is to a command of ours. */
  void own(Command command, long capabilities, OwnCommand done) {
    own = done;
    ownSinceNanos = System.nanoTime();
    tracker.begin(command, capabilities);
  }

  void fileSent(int lastSequence) {
    int lastOfServer = lastSequence + fileShift & 0xff;
    if (translating) {
      translator.fileSent(lastSequence, lastOfServer);
    } else {
      tracker.fileSent(lastOfServer);
    }
  }

  // --- its response comes ---

  /** Takes ownership. */
  void take(ByteBuf bytes) {
    ByteBuf all = bytes;
    if (rest != null) {
      all = Bytes.join(rest, bytes);
      rest = null;
    }
    try {
      relay(all);
    } catch (MalformedPacketException e) {
      LOG.warn("{}: {}", server, e.getMessage());
      server.lost("server broke the protocol: " + e.getMessage());
    } finally {
      all.release();
    }
  }

  private void relay(ByteBuf in) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    while (at < end && !server.closed()) {
      if (own == null && !serving) {
        // usually why it is about to hang up
        server.lost("server sent something that nobody asked for");
        return;
      }
      int next = own != null ? tracker.scan(in, at, end) : pass(in, at, end);
      if (own != null && tracker.step() == ResponseTracker.Step.PREPARED) {
        preparedId = in.getIntLE(tracker.statementIdAt());
        preparedParameters = tracker.parameters();
      }
      boolean progress = next > at || tracker.isDone();
      at = next;
      if (!react(in) || !progress) {
        break;
      }
    }
    if (at < end && !server.closed()) {
      rest = at == in.readerIndex() ? in.retain() : in.retainedSlice(at, end - at);
      if (rest.readableBytes() > ResponseTracker.MAX_HELD + Packets.HEADER) {
        server.lost("server sent a packet of more than " + ResponseTracker.MAX_HELD
            + " bytes where none can be");
      }
    }
  }

  private int pass(ByteBuf in, int at, int end) {
    if (translating) {
      return translator.scan(in, at, end, this);
    }
    int next = tracker.scan(in, at, end);
    if (tracker.step() == ResponseTracker.Step.PREPARED) {
      server.tenant().dispatch().statements().prepared(in, tracker);
    }
    forward(in, at, next);
    return next;
  }

  @Override
  public void forward(ByteBuf in, int from, int to) {
    if (tracker.step() == ResponseTracker.Step.FILE_WANTED
        && !server.tenant().mayBeAskedForFile()) {
      return; // the server is lost for it, in a moment
    }
    if (translating && tracker.step() == ResponseTracker.Step.PREPARED) {
      server.tenant().dispatch().statements().prepared(in, tracker);
    }
    if (to > from) {
      if (tracker.outcome().errorCode() != 0 && keeps(in, to - from)) {
        kept = true;
      } else {
        server.tenant().receive(in.retainedSlice(from, to - from));
      }
    }
  }

  /** Whether the error is all there is of the response, and the session asks another server. */
  private boolean keeps(ByteBuf in, int length) {
    Outcome outcome = tracker.outcome();
    return tracker.bytes() == length && Failover.mayConcern(outcome.errorCode())
        && server.tenant().failover().asksAnother(outcome.errorCode(), message(in, outcome));
  }

  @Override
  public void insert(ByteBuf packet) {
    server.tenant().receive(packet);
  }

  /** Deals with the step that the last scan ended with. False when the connection is not ours to read on. */
  private boolean react(ByteBuf in) {
    switch (tracker.step()) {
      case FILE_WANTED -> {
        if (own != null || !server.tenant().mayBeAskedForFile()) {
          server.lost("server asked for a file that no LOAD DATA LOCAL has named");
          return false;
        }
        int first = translating ? translator.nextClientSequence() : tracker.nextSequence();
        fileShift = tracker.nextSequence() - first;
        server.tenant().fileWanted(first, fileShift);
        return !server.closed();
      }
      case CLIENT_TURN -> {
        server.lost("server began a login");
        return false;
      }
      case MORE, RESULT, PREPARED, DONE -> {
        noteChanges(in);
        if (tracker.isDone()) {
          finish(in);
        }
        return !server.closed();
      }
    }
    throw new IllegalStateException();
  }

  /** Keeps up with what the command has changed in the server's session. */
  private void noteChanges(ByteBuf in) {
    Outcome outcome = tracker.outcome();
    int from = outcome.textFrom();
    boolean ended = tracker.step() == ResponseTracker.Step.RESULT || tracker.isDone();
    if (!ended || from < 0 || outcome.errorCode() != 0) {
      return;
    }
    byte[] state = new byte[outcome.textTo() - from];
    in.getBytes(from, state);
    List<SessionChange> changes = SessionChange.decodeAll(ByteString.of(state));
    MysqlSession of = server.tenantOrNull();
    for (SessionChange change : changes) {
      switch (change) {
        case SessionChange.SystemVariable(String name, String value) ->
          server.variables(changed(name, value));
        case SessionChange.Schema(String name) -> server.schema(name);
        case SessionChange.StateChange _,SessionChange.Gtids _,SessionChange.TransactionCharacteristics _,SessionChange.TransactionState _,SessionChange.Unknown _ -> {
          // the session's matter
        }
      }
    }
    if (of != null && own == null) {
      of.changed(changes, server.variables(), server.schema());
    }
  }

  private SessionVariables changed(String name, String value) {
    if (name.startsWith("session_track_")) {
      return server.variables(); // ours, not the client's
    }
    SessionVariables next = server.variables().with(name, value);
    // A character set alone brings its default collation with it.
    return name.equals("character_set_connection") ? next.without("collation_connection") : next;
  }

  private void finish(ByteBuf in) {
    OwnCommand mine = own;
    Outcome outcome = tracker.outcome();
    boolean failed = outcome.errorCode() != 0;
    if (mine != null) {
      own = null;
      mine.done(outcome, failed ? errorText(in, outcome) : null);
    } else {
      serving = false;
      MysqlPool owner = server.owner();
      owner.target().counters().queries.increment();
      MysqlSession of = server.tenant();
      if (failed) {
        owner.runtime().serverError(owner.target().address(), outcome.errorCode());
        String message = message(in, outcome);
        owner.runtime().errors().count(owner.target(), owner.user().name(), of.clientHost(),
            of.schema(), outcome.errorCode(), message);
        if (owner.runtime().settings().query().logsErrors()) {
          ErrorLog.log(server, of, outcome.errorCode(), message);
        }
      }
      if (kept) {
        of.unanswered();
      } else {
        of.answered(tracker);
      }
    }
  }

  private static String errorText(ByteBuf in, Outcome outcome) {
    return outcome.errorCode() + " (" + outcome.sqlState() + "): " + message(in, outcome);
  }

  private static String message(ByteBuf in, Outcome outcome) {
    byte[] message = new byte[outcome.textTo() - outcome.textFrom()];
    in.getBytes(outcome.textFrom(), message);
    return WireText.decode(message);
  }

  // --- how far it is ---

  /** Whether a response to the tenant is due. */
  boolean serves() {
    return serving;
  }

  /** Whether a response to a command of ours is due. */
  boolean runsOwn() {
    return own != null;
  }

  /** When the command of ours went out. */
  long ownSinceNanos() {
    return ownSinceNanos;
  }

  /** Whether a part of the response has come. */
  boolean passedOn() {
    return tracker.bytes() > 0;
  }

  /** Whether that part ends in the middle of a packet. */
  boolean insidePacket() {
    return tracker.isInsidePacket();
  }

  /** Of the statement that a command of ours has just prepared. */
  int preparedId() {
    return preparedId;
  }

  int preparedParameters() {
    return preparedParameters;
  }

  /** The connection is closed; what the tenant was due stays known. */
  void close() {
    own = null;
    if (rest != null) {
      rest.release();
      rest = null;
    }
  }
}
