package dev.weir.pg.message;

import java.io.Serial;

/**
 * The peer sent bytes that the protocol does not allow. Carries no stack trace: a hostile peer could
 * make us fill one per message, and the text names the message and field at fault.
 *
 * <p>
 * Where PgBouncer has a text for the fault, {@link #getMessage()} is exactly that
 * text, so it can be sent to a client as it is.
 */
public final class MalformedMessageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public MalformedMessageException(String message) {
    super(message, null, false, false);
  }
}
