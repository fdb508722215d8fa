package dev.weir.core.sql;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** All that is known of a text before it is sent anywhere. Immutable. */
public final class Statement {
  private static final int OBJECTS = 400;
  private static final int PER_EFFECT = 96;

  private final byte[] bytes;
  private final Classification classification;
  private final @Nullable Digest digest;
  private final Annotations annotations;

  Statement(byte[] bytes, Classification classification, @Nullable Digest digest,
      Annotations annotations) {
    this.bytes = bytes;
    this.classification = classification;
    this.digest = digest;
    this.annotations = annotations;
  }

  /** The text's bytes, in the client's character set; shared, not to be written to. */
  public byte[] bytes() {
    return bytes;
  }

  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  public Classification classification() {
    return classification;
  }

  /** Null while digests are switched off. */
  public @Nullable Digest digest() {
    return digest;
  }

  public Annotations annotations() {
    return annotations;
  }

  /** About what this object takes of the heap. */
  public int weight() {
    Digest own = digest;
    int digestBytes = own == null ? 0 : own.bytes().length;
    return OBJECTS + bytes.length + digestBytes + PER_EFFECT * classification.effects().size();
  }

  @Override
  public String toString() {
    return text();
  }
}
