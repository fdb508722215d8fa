package dev.weir.core.auth;

/** What came of showing a password to an authority outside of us. Reasons are for the log, never for the client. */
public sealed interface PasswordCheck {
  /** The authority vouches for the user. */
  record Ok() implements PasswordCheck {}

  /** The authority was asked, or need not be, and the answer is no. */
  record Rejected(String reason) implements PasswordCheck {}

  /** Nobody could be asked; the client is refused all the same. */
  record Unavailable(String reason) implements PasswordCheck {}
}
