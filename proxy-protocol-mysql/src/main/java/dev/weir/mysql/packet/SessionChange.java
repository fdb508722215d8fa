package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** Something that a command changed in its session, as session tracking reports it in an {@link Ok}. */
public sealed interface SessionChange {
  int SYSTEM_VARIABLES = 0;
  int SCHEMA = 1;
  int STATE_CHANGE = 2;
  int GTIDS = 3;
  int TRANSACTION_CHARACTERISTICS = 4;
  int TRANSACTION_STATE = 5;

  /** A variable of {@code session_track_system_variables} was set. */
  record SystemVariable(String name, String value) implements SessionChange {}

  /** Another database is the default; empty when it was dropped. */
  record Schema(String name) implements SessionChange {}

  /** The session is no longer as after login. */
  record StateChange(boolean changed) implements SessionChange {}

  /** The transaction's GTIDs, for {@code session_track_gtids}. */
  record Gtids(String set) implements SessionChange {}

  /** The statements that would start the transaction again; empty when none is open. */
  record TransactionCharacteristics(String statements) implements SessionChange {}

  /** Eight letters, underscores for what is not so: {@code T}, {@code I}, {@code r}, {@code R}, {@code w} and so on. */
  record TransactionState(String flags) implements SessionChange {}

  /** A kind that we do not know. */
  record Unknown(int type, ByteString data) implements SessionChange {}

  static List<SessionChange> decodeAll(ByteString sessionState) {
    ByteBuf in = Unpooled.wrappedBuffer(sessionState.array());
    List<SessionChange> changes = new ArrayList<>();
    while (in.isReadable()) {
      int type = Wire.readByte(in, "SessionChange.type");
      decode(type, in.readSlice(Wire.readLength(in, "SessionChange")), changes);
    }
    return changes;
  }

  private static void decode(int type, ByteBuf data, List<SessionChange> into) {
    switch (type) {
      case SYSTEM_VARIABLES -> {
        do { // MariaDB puts several into one
          String name = Wire.readLenencText(data, "SystemVariable.name");
          into.add(new SystemVariable(name, Wire.readLenencText(data, "SystemVariable.value")));
        } while (data.isReadable());
      }
      case SCHEMA -> into.add(new Schema(Wire.readLenencText(data, "Schema.name")));
      // MySQL puts a length before the digit, MariaDB does not
      case STATE_CHANGE -> into.add(new StateChange("1".equals(data.readableBytes() == 1
          ? Wire.readRestText(data)
          : Wire.readLenencText(data, "StateChange"))));
      case GTIDS -> {
        Wire.skip(data, 1, "Gtids.encoding");
        into.add(new Gtids(Wire.readLenencText(data, "Gtids.set")));
      }
      case TRANSACTION_CHARACTERISTICS -> into.add(new TransactionCharacteristics(
          Wire.readLenencText(data, "TransactionCharacteristics.statements")));
      case TRANSACTION_STATE -> into
          .add(new TransactionState(Wire.readLenencText(data, "TransactionState.flags")));
      default -> into.add(new Unknown(type, ByteString.of(Wire.readRest(data))));
    }
    Wire.requireEnd(data, "SessionChange");
  }
}
