package dev.weir.mysql.packet;

/** Codes of column and parameter types. */
public final class FieldType {
  public static final int DECIMAL = 0x00;
  public static final int TINY = 0x01;
  public static final int SHORT = 0x02;
  public static final int LONG = 0x03;
  public static final int FLOAT = 0x04;
  public static final int DOUBLE = 0x05;
  public static final int NULL = 0x06;
  public static final int TIMESTAMP = 0x07;
  public static final int LONGLONG = 0x08;
  public static final int INT24 = 0x09;
  public static final int DATE = 0x0a;
  public static final int TIME = 0x0b;
  public static final int DATETIME = 0x0c;
  public static final int YEAR = 0x0d;
  public static final int NEWDATE = 0x0e;
  public static final int VARCHAR = 0x0f;
  public static final int BIT = 0x10;
  public static final int TIMESTAMP2 = 0x11;
  public static final int DATETIME2 = 0x12;
  public static final int TIME2 = 0x13;
  public static final int TYPED_ARRAY = 0x14;
  public static final int VECTOR = 0xf2;
  public static final int JSON = 0xf5;
  public static final int NEWDECIMAL = 0xf6;
  public static final int ENUM = 0xf7;
  public static final int SET = 0xf8;
  public static final int TINY_BLOB = 0xf9;
  public static final int MEDIUM_BLOB = 0xfa;
  public static final int LONG_BLOB = 0xfb;
  public static final int BLOB = 0xfc;
  public static final int VAR_STRING = 0xfd;
  public static final int STRING = 0xfe;
  public static final int GEOMETRY = 0xff;

  private FieldType() {}

  /**
   * How many bytes a value of {@code type} takes in the binary protocol; -1 when it begins with a
   * length-encoded length, -2 when with a length of one byte. A type that nobody knows is refused:
   * where the next value begins could only be guessed.
   */
  static int binarySize(int type) {
    return switch (type) {
      case NULL -> 0;
      case TINY -> 1;
      case SHORT, YEAR -> 2;
      case LONG, INT24, FLOAT -> 4;
      case LONGLONG, DOUBLE -> 8;
      case DATE, TIME, DATETIME, TIMESTAMP, NEWDATE, TIMESTAMP2, DATETIME2, TIME2 -> -2;
      case DECIMAL, VARCHAR, BIT, VECTOR, JSON, NEWDECIMAL, ENUM, SET, TINY_BLOB, MEDIUM_BLOB,
          LONG_BLOB, BLOB, VAR_STRING, STRING, GEOMETRY ->
        -1;
      default -> throw Wire.malformed("type", "is unknown: " + type);
    };
  }
}
