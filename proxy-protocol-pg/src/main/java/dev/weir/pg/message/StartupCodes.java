package dev.weir.pg.message;

/** The first 32 bits of a packet of the startup phase: a protocol version or a request code. */
public final class StartupCodes {
  /** Protocol 3.0; the minor number is in the low 16 bits. */
  public static final int PROTOCOL_3_0 = 3 << 16;
  /** Protocol 3.2 (PostgreSQL 18): secrets of cancel requests may be up to 256 bytes long. */
  public static final int PROTOCOL_3_2 = 3 << 16 | 2;
  public static final int CANCEL_REQUEST = 80877102;
  public static final int SSL_REQUEST = 80877103;
  public static final int GSSENC_REQUEST = 80877104;

  private StartupCodes() {}
}
