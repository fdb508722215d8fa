package dev.weir.pg.auth;

/** What is on file for a user, as auth_file and pg_authid keep it: in clear, md5 or SCRAM. */
public sealed interface StoredSecret {

  /** The password itself; empty when there is none, and then nothing matches it. */
  record Plain(String password) implements StoredSecret {
    /** Hides the password. */
    @Override
    public String toString() {
      return "Plain[***]";
    }
  }

  /** {@code md5} and 32 hexadecimal digits; see {@link Md5Password#hash}. */
  record Md5(String hash) implements StoredSecret {
    /** Hides the hash, which is as good as the password. */
    @Override
    public String toString() {
      return "Md5[***]";
    }
  }

  record Scram(ScramSecret secret) implements StoredSecret {}

  /** Anything that is neither an md5 nor a SCRAM secret is a password in clear. */
  static StoredSecret parse(String text) {
    if (Md5Password.isSecret(text)) {
      return new Md5(text);
    }
    ScramSecret scram = ScramSecret.parse(text);
    return scram == null ? new Plain(text) : new Scram(scram);
  }

  /** True for the empty secret, with which nobody can log in by password. */
  default boolean isEmpty() {
    return this instanceof Plain(String password) && password.isEmpty();
  }

  /**
   * Whether a password sent in clear by {@code user} is the right one. Constant time; expensive for a
   * SCRAM secret.
   */
  default boolean matches(String user, String password) {
    return switch (this) {
      case Plain(String stored) -> !stored.isEmpty()
          && Hashes.same(Password.bytes(stored), Password.bytes(password));
      case Md5(String hash) -> Hashes.same(Password.bytes(hash),
          Password.bytes(Md5Password.hash(user, password)));
      case Scram(ScramSecret secret) -> secret.matches(password);
    };
  }
}
