package dev.weir.core.pg;

import dev.weir.pg.message.BackendKeyData;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The key by which a client cancels: process id and secret of BackendKeyData in one. The first eight bytes follow
 * PgBouncer's layout: with a peer id, bytes 1 and 2 hold it (little endian) and the low two bits of byte 7 are a
 * time-to-live. Immutable.
 */
final class CancelKey {
  static final CancelKey NONE = new CancelKey(new byte[8]);
  private static final int PEER_AT = 1;
  private static final int TTL_AT = 7;
  private static final int TTL = 3;
  /** Protocol 3.2 allows secrets of up to 256 bytes; PostgreSQL 18 sends 32. */
  private static final int LONG_SECRET = 32;

  private final byte[] bytes;

  private CancelKey(byte[] bytes) {
    this.bytes = bytes;
  }

  static CancelKey of(int processId, byte[] secret) {
    return new CancelKey(
        ByteBuffer.allocate(4 + secret.length).putInt(processId).put(secret).array());
  }

  /** A fresh key. */
  static CancelKey random(SecureRandom random, int peerId, boolean longSecret) {
    byte[] bytes = new byte[4 + (longSecret ? LONG_SECRET : 4)];
    random.nextBytes(bytes);
    bytes[0] &= 0x7f;
    if (peerId > 0) {
      bytes[PEER_AT] = (byte) peerId;
      bytes[PEER_AT + 1] = (byte) (peerId >> 8);
      bytes[TTL_AT] |= TTL;
    }
    return new CancelKey(bytes);
  }

  int peerId() {
    return (bytes[PEER_AT] & 0xff) | (bytes[PEER_AT + 1] & 0xff) << 8;
  }

  int timeToLive() {
    return bytes[TTL_AT] & TTL;
  }

  /** The key as it stands in the register: with the time-to-live that stored keys have. */
  CancelKey stored() {
    byte[] copy = bytes.clone();
    copy[TTL_AT] |= TTL;
    return new CancelKey(copy);
  }

  /** The key as it is passed to a peer. */
  CancelKey onward() {
    byte[] copy = bytes.clone();
    copy[TTL_AT] = (byte) ((copy[TTL_AT] & ~TTL) | (timeToLive() - 1));
    return new CancelKey(copy);
  }

  int processId() {
    return ByteBuffer.wrap(bytes).getInt();
  }

  byte[] secret() {
    return Arrays.copyOfRange(bytes, 4, bytes.length);
  }

  BackendKeyData toMessage() {
    return new BackendKeyData(processId(), secret());
  }

  /** The first eight bytes as a number (SHOW FDS). */
  long number() {
    return ByteBuffer.wrap(bytes).getLong();
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof CancelKey k && Arrays.equals(bytes, k.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
