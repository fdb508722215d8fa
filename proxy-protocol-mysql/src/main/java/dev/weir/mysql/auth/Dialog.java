package dev.weir.mysql.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

/**
 * MariaDB's {@code dialog}, by which its PAM plugin asks questions: a byte that says of which kind, then the text. A
 * password is answered as it is, so only inside TLS; other questions only a person could answer.
 */
public final class Dialog {
  public static final String PLUGIN = "dialog";

  /** The lowest bit says that no other question follows. */
  private static final int LAST = 1;
  private static final int PASSWORD = 4;
  private static final int MAX_SHOWN = 100;

  private Dialog() {}

  /** Whether a packet of the server that begins with this byte is a question. */
  public static boolean isQuestion(int first) {
    return first >= 2 && first <= 5;
  }

  /**
   * The answer to a question.
   *
   * @throws GeneralSecurityException when it does not ask for a password
   */
  public static byte[] response(byte[] question, byte[] password) throws GeneralSecurityException {
    if (question.length == 0 || (question[0] & ~LAST) != PASSWORD) {
      String text = new String(question, Math.min(1, question.length),
          Math.max(0, Math.min(MAX_SHOWN, question.length - 1)), StandardCharsets.UTF_8);
      throw new GeneralSecurityException(
          "dialog: the server asks more than the password: " + text.strip());
    }
    return ClearPassword.response(password);
  }
}
