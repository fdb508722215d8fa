package dev.weir.pg.auth;

import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** Reads {@code x=value,y=value}. A char is a byte (ISO 8859-1), so that signatures see every byte. */
final class ScramText {
  /** Longer messages are refused; real ones have some 200 bytes. */
  static final int MAX_MESSAGE = 4096;
  /** Longer nonces are refused; PostgreSQL's have 24 characters on each side. */
  static final int MAX_NONCE = 1024;
  private static final int NONCE_BYTES = 18;

  final String text;
  private int at;

  ScramText(byte[] message) throws Fault {
    if (message.length > MAX_MESSAGE) {
      throw new Fault("message of " + message.length + " bytes is too long");
    }
    text = new String(message, StandardCharsets.ISO_8859_1);
  }

  /** What is wrong with a message; never leaves this package. */
  static final class Fault extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    Fault(String reason) {
      super(reason, null, false, false);
    }

    ScramFailure toFailure() {
      return new ScramFailure(String.valueOf(getMessage()));
    }
  }

  boolean atEnd() {
    return at == text.length();
  }

  int position() {
    return at;
  }

  /** The next character without taking it; 0 at the end. */
  char peek() {
    return atEnd() ? 0 : text.charAt(at);
  }

  void expect(char c, String what) throws Fault {
    if (peek() != c) {
      throw new Fault("malformed message: " + what + " expected");
    }
    at++;
  }

  /** The value of the attribute {@code name}, which must be next; takes the comma behind it too. */
  String attribute(char name) throws Fault {
    expect(name, "attribute " + name);
    expect('=', "attribute " + name);
    int comma = text.indexOf(',', at);
    String value = text.substring(at, comma < 0 ? text.length() : comma);
    if (comma == text.length() - 1) {
      throw new Fault("malformed message: ends with a comma");
    }
    at = comma < 0 ? text.length() : comma + 1;
    return value;
  }

  /** Skips an extension; they are optional, or their name would be m. */
  void skipExtension() throws Fault {
    char name = peek();
    boolean letter = (name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z');
    if (!letter || name == 'm') {
      throw new Fault("malformed message: attribute expected");
    }
    attribute(name);
  }

  String nonce() throws Fault {
    String nonce = attribute('r');
    if (nonce.isEmpty() || nonce.length() > MAX_NONCE) {
      throw new Fault("nonce of " + nonce.length() + " characters");
    }
    if (!nonce.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw new Fault("nonce with characters that are not printable");
    }
    return nonce;
  }

  byte[] base64(char name, int minLength, int maxLength) throws Fault {
    String value = attribute(name);
    try {
      byte[] bytes = Base64.getDecoder().decode(value);
      if (bytes.length >= minLength && bytes.length <= maxLength) {
        return bytes;
      }
    } catch (IllegalArgumentException notBase64) { // told below
    }
    throw new Fault("malformed attribute " + name);
  }

  void requireEnd() throws Fault {
    if (!atEnd()) {
      throw new Fault("malformed message: goes on after its last attribute");
    }
  }

  static String newNonce(RandomGenerator random) {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    return encode(bytes);
  }

  static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
