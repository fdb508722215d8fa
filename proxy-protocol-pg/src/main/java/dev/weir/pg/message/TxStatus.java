package dev.weir.pg.message;

/** What ReadyForQuery says about the transaction of the session. */
public enum TxStatus {
  IDLE('I'), IN_TRANSACTION('T'), FAILED('E');

  private final byte code;

  TxStatus(char code) {
    this.code = (byte) code;
  }

  public byte code() {
    return code;
  }

  /** Refuses a byte that stands for no status. */
  public static TxStatus of(byte code) {
    return switch (code) {
      case 'I' -> IDLE;
      case 'T' -> IN_TRANSACTION;
      case 'E' -> FAILED;
      default -> throw Wire.malformed("ReadyForQuery.status", "is unknown: " + code);
    };
  }
}
