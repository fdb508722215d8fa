package dev.weir.core.pg;

import io.netty.buffer.ByteBuf;

/**
 * Whether requests can take a client's prepared statements away ({@code DISCARD ALL}, {@code DEALLOCATE}): a search for
 * the words, in any case, wherever they stand. It may be wrong in one direction only: a word in a comment counts.
 */
final class DiscardWords {
  private static final byte[] DISCARD = {'d', 'i', 's', 'c', 'a', 'r', 'd'};
  private static final byte[] DEALLOCATE = {'d', 'e', 'a', 'l', 'l', 'o', 'c', 'a', 't', 'e'};

  private DiscardWords() {}

  static boolean in(ByteBuf bytes, int from, int to) {
    for (int at = from; at <= to - DISCARD.length; at++) {
      if (lower(bytes.getByte(at)) == 'd'
          && (stands(DISCARD, bytes, at, to) || stands(DEALLOCATE, bytes, at, to))) {
        return true;
      }
    }
    return false;
  }

  private static boolean stands(byte[] word, ByteBuf bytes, int at, int to) {
    if (to - at < word.length) {
      return false;
    }
    for (int i = 1; i < word.length; i++) {
      if (lower(bytes.getByte(at + i)) != word[i]) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte letter) {
    return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
  }
}
