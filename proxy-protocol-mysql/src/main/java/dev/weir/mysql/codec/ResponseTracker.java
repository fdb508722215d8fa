package dev.weir.mysql.codec;

import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.ColumnCount;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.Eof;
import dev.weir.mysql.packet.Err;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.Ok;
import dev.weir.mysql.packet.ServerStatus;
import dev.weir.mysql.packet.StmtPrepareOk;
import dev.weir.mysql.packet.Wire;
import io.netty.buffer.ByteBuf;

/**
 * Follows a server's response to one command, to know where it ends and how it went, without decoding
 * or holding what is only passed on: of rows and column definitions it looks at header and first byte.
 * Confined to its connection's event loop; allocates nothing after it was made.
 *
 * <p>
 * {@link #begin} for each command, then {@link #scan} with what the server sends, and look at
 * {@link #step} and {@link #isDone} after each. Bytes that were not accepted have to be offered again
 * together with those that follow: a header with the byte behind it, and the packets that say how it
 * went, are looked at when they are there as a whole; at most {@link #MAX_HELD} bytes.
 */
public final class ResponseTracker {
  /** Longest packet that has to be there as a whole: OK with tracked session state, ERR and the like. */
  public static final int MAX_HELD = 1 << 20;

  private static final int MAX_COUNT = Wire.MAX_LENENC + 1;
  private static final int FAST_AUTH_SUCCEEDED = 3;
  private static final int NONE = -1;

  /** Why {@link #scan} stopped. */
  public enum Step {
    /** All that could be was accepted; the response goes on. */
    MORE,
    /** A result of several ended: {@link #outcome} tells of it. */
    RESULT,
    /** The statement is prepared; its id stands at {@link #statementIdAt}. Definitions may follow. */
    PREPARED,
    /** The server waits for a file of the client; {@link #fileSent} goes on. */
    FILE_WANTED,
    /** The server waits for the client's part of a login (COM_CHANGE_USER). */
    CLIENT_TURN,
    /** The response has ended. */
    DONE
  }

  /** What the packet was that {@link #next} accepted. */
  enum Kind {
    NOTHING, REST, CONTINUATION, OK, ERR, COUNT, DEFINITION, END_OF_DEFINITIONS, ROW, END_OF_ROWS, PREPARE_OK, FILE_REQUEST, TEXT, LOGIN, EVENT
  }

  private enum Phase {
    /** A result, or that there is none. */
    FIRST,
    /** Definitions of a result's columns, then of rows. */
    COLUMNS, END_OF_COLUMNS, ROWS,
    /** A prepared statement with its definitions. */
    PREPARE, PARAMETERS, END_OF_PARAMETERS, STATEMENT_COLUMNS, END_OF_STATEMENT_COLUMNS,
    /** Commands with an answer of their own kind. */
    SIMPLE, FIELD_LIST, STATISTICS, LOGIN, EVENTS,
    /** It is the client's turn. */
    FILE, ENDED
  }

  private long capabilities;
  private Command command = Command.PING;
  private Phase phase = Phase.ENDED;
  private Step step = Step.DONE;
  private Kind kind = Kind.NOTHING;
  private int owed; // bytes still to come of a packet that is already on its way
  private boolean continued; // the next packet continues the one before
  private boolean endedDefinitions;
  private boolean checksSequence;
  private int sequence; // of the next packet
  private int definitions; // still to come
  private int statementColumns;
  private int addedStatus;
  private boolean endsRows;

  private final Outcome outcome = new Outcome();
  private long rows;
  private long bytes;
  private int results;
  private int statementIdAt = NONE;
  private int parameters;

  /** As {@link #begin(Command, long, int)} for a command of one packet. */
  public void begin(Command asked, long agreed) {
    begin(asked, agreed, 1);
  }

  /**
   * Forgets everything but {@link Outcome#status} and expects the response to {@code asked}.
   *
   * @param agreed        capabilities of this connection; compressed ones number their packets anew now
   *                      and then, so sequence numbers are not checked there
   * @param firstSequence the number after the command's last packet
   * @throws IllegalArgumentException when OPTIONAL_RESULTSET_METADATA was agreed on
   */
  public void begin(Command asked, long agreed, int firstSequence) {
    if (Capabilities.has(agreed, Capabilities.OPTIONAL_RESULTSET_METADATA)) {
      throw new IllegalArgumentException("results without definitions cannot be followed");
    }
    command = asked;
    capabilities = agreed;
    checksSequence = !Capabilities.has(agreed,
        Capabilities.COMPRESS | Capabilities.ZSTD_COMPRESSION);
    sequence = firstSequence & 0xff;
    phase = firstPhase(asked);
    step = phase == Phase.ENDED ? Step.DONE : Step.MORE;
    kind = Kind.NOTHING;
    endedDefinitions = false;
    owed = 0;
    continued = false;
    definitions = 0;
    statementColumns = 0;
    addedStatus = 0;
    endsRows = false;
    outcome.reset();
    rows = 0;
    bytes = 0;
    results = 0;
    statementIdAt = NONE;
    parameters = 0;
  }

  /**
   * Flags of {@link ServerStatus} that every packet of this response is to show besides its own: they are
   * written into the buffers given to {@link #scan}. {@link #outcome} stays the server's.
   */
  public void addStatus(int flags) {
    addedStatus = flags;
  }

  /** The flags that were reported last, as whoever reads the response sees them. */
  int shownStatus() {
    return outcome.status() | addedStatus;
  }

  private static Phase firstPhase(Command asked) {
    return switch (asked) {
      case QUIT, STMT_CLOSE, STMT_SEND_LONG_DATA -> Phase.ENDED;
      case QUERY, STMT_EXECUTE, STMT_BULK_EXECUTE, PROCESS_INFO -> Phase.FIRST;
      case STMT_PREPARE -> Phase.PREPARE;
      case STMT_FETCH -> Phase.ROWS;
      case FIELD_LIST -> Phase.FIELD_LIST;
      case STATISTICS -> Phase.STATISTICS;
      case CHANGE_USER -> Phase.LOGIN;
      case BINLOG_DUMP, BINLOG_DUMP_GTID, TABLE_DUMP, SUBSCRIBE_GROUP_REPLICATION_STREAM ->
        Phase.EVENTS;
      case SLEEP, INIT_DB, CREATE_DB, DROP_DB, REFRESH, SHUTDOWN, CONNECT, PROCESS_KILL, DEBUG,
          PING, TIME, DELAYED_INSERT, CONNECT_OUT, REGISTER_REPLICA, STMT_RESET, SET_OPTION,
          DAEMON, RESET_CONNECTION, CLONE ->
        Phase.SIMPLE;
    };
  }

  /**
   * Accepts what is there from {@code at} to {@code end}, up to the next {@link Step} that the caller
   * should know of, and returns the index behind it. Moves no index of {@code in}.
   *
   * @throws MalformedPacketException when the server breaks the protocol; the connection is of no use
   *           any more
   */
  public int scan(ByteBuf in, int at, int end) {
    int here = at;
    do {
      int next = next(in, here, end);
      if (next == here) {
        break;
      }
      here = next;
    } while (step == Step.MORE);
    return here;
  }

  /** Accepts one packet or a part of one, and tells in {@link #kind} what it was. */
  int next(ByteBuf in, int at, int end) {
    kind = Kind.NOTHING;
    endedDefinitions = false;
    step = Step.MORE;
    if (owed > 0) {
      return accept(Kind.REST, at, Math.min(owed, end - at));
    }
    if (!continued && (phase == Phase.ENDED || phase == Phase.FILE)) {
      step = phase == Phase.ENDED ? Step.DONE : Step.FILE_WANTED;
      return at;
    }
    if (end - at < Packets.HEADER) {
      return at;
    }
    int length = Packets.payloadLength(in, at);
    if (continued) {
      takeSequence(in, at);
      continued = length == Packets.MAX_PAYLOAD;
      owed = Packets.HEADER + length;
      return accept(Kind.CONTINUATION, at, Math.min(owed, end - at));
    }
    if (length == 0) {
      throw new MalformedPacketException("server sent an empty packet");
    }
    if (end - at == Packets.HEADER) {
      return at;
    }
    Kind found = classify(in.getUnsignedByte(at + Packets.HEADER), length);
    if (found == Kind.ROW || found == Kind.DEFINITION || found == Kind.EVENT) {
      takeSequence(in, at);
      passOn(found);
      continued = length == Packets.MAX_PAYLOAD;
      owed = Packets.HEADER + length;
      return accept(found, at, Math.min(owed, end - at));
    }
    if (length > (found == Kind.COUNT ? MAX_COUNT : MAX_HELD)) {
      throw new MalformedPacketException(found + " packet of " + length + " bytes");
    }
    if (end - at - Packets.HEADER < length) {
      return at;
    }
    takeSequence(in, at);
    outcome.forgetText();
    int payload = at + Packets.HEADER;
    read(found, in, payload, payload + length);
    owed = Packets.HEADER + length;
    return accept(found, at, owed);
  }

  private int accept(Kind what, int at, int count) {
    kind = what;
    owed -= count;
    bytes += count;
    if (step == Step.MORE && isDone()) {
      step = Step.DONE;
    }
    return at + count;
  }

  private void takeSequence(ByteBuf in, int at) {
    int found = Packets.sequence(in, at);
    if (checksSequence && phase != Phase.LOGIN && found != sequence) {
      throw new MalformedPacketException(
          "packets out of order: number " + found + " instead of " + sequence);
    }
    sequence = Packets.next(found);
  }

  // ---- what a packet is

  private Kind classify(int first, int length) {
    return switch (phase) {
      case FIRST -> switch (first) {
        case Ok.HEADER -> Kind.OK;
        case Err.HEADER -> Kind.ERR;
        case Wire.NULL_VALUE -> Kind.FILE_REQUEST;
        case Eof.HEADER -> throw unexpected(first);
        default -> Kind.COUNT;
      };
      case COLUMNS, PARAMETERS, STATEMENT_COLUMNS -> first == Err.HEADER
          ? Kind.ERR
          : Kind.DEFINITION;
      case END_OF_COLUMNS, END_OF_PARAMETERS, END_OF_STATEMENT_COLUMNS -> {
        if (first == Err.HEADER) {
          yield Kind.ERR;
        }
        if (!isEnd(first, length)) {
          throw unexpected(first);
        }
        yield Kind.END_OF_DEFINITIONS;
      }
      case ROWS -> first == Err.HEADER
          ? Kind.ERR
          : isEnd(first, length) ? Kind.END_OF_ROWS : Kind.ROW;
      case FIELD_LIST -> first == Err.HEADER
          ? Kind.ERR
          : isEnd(first, length) ? Kind.END_OF_ROWS : Kind.DEFINITION;
      case PREPARE -> switch (first) {
        case StmtPrepareOk.HEADER -> Kind.PREPARE_OK;
        case Err.HEADER -> Kind.ERR;
        default -> throw unexpected(first);
      };
      case SIMPLE -> switch (first) {
        case Ok.HEADER -> Kind.OK;
        case Eof.HEADER -> Kind.END_OF_ROWS;
        case Err.HEADER -> Kind.ERR;
        default -> throw unexpected(first);
      };
      case STATISTICS -> first == Err.HEADER ? Kind.ERR : Kind.TEXT;
      case LOGIN -> switch (first) {
        case Ok.HEADER -> Kind.OK;
        case Err.HEADER -> Kind.ERR;
        default -> Kind.LOGIN;
      };
      case EVENTS -> switch (first) {
        case Ok.HEADER -> Kind.EVENT;
        case Err.HEADER -> Kind.ERR;
        default -> {
          if (!isEnd(first, length)) {
            throw unexpected(first);
          }
          yield Kind.END_OF_ROWS;
        }
      };
      case FILE, ENDED -> throw new IllegalStateException("not the server's turn");
    };
  }

  /** A row of text can begin as an end does, if its first value takes 16 MiB: then it is long too. */
  private boolean isEnd(int first, int length) {
    return first == Eof.HEADER && length < (endsAreOks() ? Packets.MAX_PAYLOAD : Eof.TOO_LONG);
  }

  private boolean endsAreOks() {
    return Capabilities.has(capabilities, Capabilities.DEPRECATE_EOF);
  }

  private MalformedPacketException unexpected(int first) {
    return new MalformedPacketException("server answered " + command + " with a packet of 0x"
        + Integer.toHexString(first) + " where it has no place");
  }

  // ---- what it does

  private void passOn(Kind found) {
    if (found == Kind.ROW) {
      rows++;
    } else if (found == Kind.DEFINITION && phase != Phase.FIELD_LIST && --definitions == 0) {
      endedDefinitions = endsAreOks();
      phase = switch (phase) {
        case COLUMNS -> endsAreOks() ? Phase.ROWS : Phase.END_OF_COLUMNS;
        case PARAMETERS -> endsAreOks() ? afterParameters() : Phase.END_OF_PARAMETERS;
        default -> endsAreOks() ? Phase.ENDED : Phase.END_OF_STATEMENT_COLUMNS;
      };
    }
  }

  private void read(Kind found, ByteBuf in, int payload, int end) {
    switch (found) {
      case OK -> {
        endsRows = false;
        outcome.readOk(in, payload, end, capabilities);
        showStatus(in);
        endResult();
      }
      case END_OF_ROWS -> {
        readEnd(in, payload, end);
        endResult();
      }
      case END_OF_DEFINITIONS -> {
        readEnd(in, payload, end);
        endDefinitions();
      }
      case ERR -> {
        if (outcome.readErr(in, payload, end, capabilities)) {
          results++;
          phase = Phase.ENDED;
        }
      }
      case COUNT -> readCount(in, payload, end);
      case PREPARE_OK -> readPrepareOk(in, payload, end);
      case FILE_REQUEST -> {
        outcome.setText(payload + 1, end);
        phase = Phase.FILE;
        step = Step.FILE_WANTED;
      }
      case TEXT -> phase = Phase.ENDED;
      case LOGIN -> {
        boolean saysSucceeded = end - payload == 2 && in.getByte(payload) == 1
            && in.getByte(payload + 1) == FAST_AUTH_SUCCEEDED;
        step = saysSucceeded ? Step.MORE : Step.CLIENT_TURN;
      }
      case NOTHING, REST, CONTINUATION, DEFINITION, ROW, EVENT -> throw new IllegalStateException(
          found + " is not read");
    }
  }

  private void readEnd(ByteBuf in, int payload, int end) {
    endsRows = true;
    if (endsAreOks()) {
      outcome.readOk(in, payload, end, capabilities);
    } else {
      outcome.readEof(in, payload, end);
    }
    showStatus(in);
  }

  private void showStatus(ByteBuf in) {
    if (addedStatus != 0) {
      outcome.writeStatus(in, addedStatus);
    }
  }

  private void readCount(ByteBuf in, int payload, int end) {
    long columns = Wire.getLenenc(in, payload, end, "ColumnCount.columns");
    int at = payload + Wire.lenencSize(in.getByte(payload));
    boolean hasDefinitions = true;
    if (Capabilities.has(capabilities, Capabilities.MARIADB_CACHE_METADATA)) {
      if (at == end) {
        throw new MalformedPacketException("ColumnCount.hasDefinitions is missing");
      }
      hasDefinitions = in.getByte(at++) != 0;
    }
    if (columns < 1 || columns > ColumnCount.MAX || at != end) {
      throw new MalformedPacketException("ColumnCount of " + Long.toUnsignedString(columns));
    }
    definitions = hasDefinitions ? (int) columns : 0;
    endedDefinitions = !hasDefinitions && endsAreOks();
    phase = hasDefinitions
        ? Phase.COLUMNS
        : endsAreOks() ? Phase.ROWS : Phase.END_OF_COLUMNS;
  }

  private void readPrepareOk(ByteBuf in, int payload, int end) {
    if (end - payload < StmtPrepareOk.LENGTH) {
      throw new MalformedPacketException("StmtPrepareOk is cut");
    }
    statementIdAt = payload + StmtPrepareOk.STATEMENT_ID;
    statementColumns = in.getUnsignedShortLE(payload + StmtPrepareOk.COLUMNS);
    parameters = in.getUnsignedShortLE(payload + StmtPrepareOk.PARAMETERS);
    outcome.setWarnings(in.getUnsignedShortLE(payload + StmtPrepareOk.WARNINGS));
    if (parameters > 0) {
      definitions = parameters;
      phase = Phase.PARAMETERS;
    } else {
      phase = afterParameters();
    }
    step = Step.PREPARED;
  }

  private Phase afterParameters() {
    if (statementColumns == 0) {
      return Phase.ENDED;
    }
    definitions = statementColumns;
    return Phase.STATEMENT_COLUMNS;
  }

  private void endDefinitions() {
    if (phase == Phase.END_OF_PARAMETERS) {
      phase = afterParameters();
    } else if (phase == Phase.END_OF_STATEMENT_COLUMNS) {
      phase = Phase.ENDED;
    } else if (command == Command.STMT_EXECUTE
        && ServerStatus.has(outcome.status(), ServerStatus.CURSOR_EXISTS)) {
      endResult(); // rows come when they are fetched
    } else {
      phase = Phase.ROWS;
    }
  }

  private void endResult() {
    results++;
    boolean mayGoOn = switch (command) {
      case QUERY, STMT_EXECUTE, STMT_BULK_EXECUTE, PROCESS_INFO -> true;
      default -> false;
    };
    if (mayGoOn && ServerStatus.has(outcome.status(), ServerStatus.MORE_RESULTS_EXIST)) {
      phase = Phase.FIRST;
      step = Step.RESULT;
    } else {
      phase = Phase.ENDED;
    }
  }

  // ---- the client's turn

  /**
   * The client has sent the file that was asked for; the server goes on.
   *
   * @param lastSequence the number of the client's last, empty packet
   */
  public void fileSent(int lastSequence) {
    if (phase != Phase.FILE) {
      throw new IllegalStateException("no file was asked for");
    }
    sequence = Packets.next(lastSequence);
    phase = Phase.FIRST;
    step = Step.MORE;
  }

  // ---- what is known

  public Step step() {
    return step;
  }

  /** Whether the response has ended, which it may have with any step. */
  public boolean isDone() {
    return phase == Phase.ENDED && owed == 0 && !continued;
  }

  /** Whether the server is in the middle of a packet of which the rest must follow. */
  public boolean isInsidePacket() {
    return owed > 0 || continued;
  }

  Kind kind() {
    return kind;
  }

  /** Whether the packet before was the last of definitions behind which no EOF comes. */
  boolean endedDefinitions() {
    return endedDefinitions;
  }

  public Command command() {
    return command;
  }

  /** What the last packet of the response said that says how it went. */
  public Outcome outcome() {
    return outcome;
  }

  public long rows() {
    return rows;
  }

  /** Accepted so far, headers included. */
  public long bytes() {
    return bytes;
  }

  /** Whether the result that ended last has rows, be it none of them. */
  public boolean endsRows() {
    return endsRows;
  }

  /** How many have ended, the error included. */
  public int results() {
    return results;
  }

  /**
   * Where the prepared statement's four bytes of id stand in the buffer given to the last
   * {@link #scan}, which ended with {@link Step#PREPARED}.
   */
  public int statementIdAt() {
    return statementIdAt;
  }

  public int parameters() {
    return parameters;
  }

  public int columns() {
    return statementColumns;
  }

  /** The number that the next packet has, whosever it is. */
  public int nextSequence() {
    return sequence;
  }
}
