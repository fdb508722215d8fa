package dev.weir.core.mysql;

import dev.weir.core.config.mysql.UserRow;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A user of the traffic port, or a login that all clients of a database share: what the operator wrote, how many clients have logged in as it, and what a login has
 * taught us for logging in to servers. One object for as long as the name is known. Thread-safe.
 */
final class MysqlUser {
  private final AtomicInteger clients = new AtomicInteger();
  private final boolean ofAuthFile;
  private volatile UserRow row;
  private volatile @Nullable UserRow backend;
  private volatile UserAttributes attributes;
  private volatile byte @Nullable [] nativeStage1;
  private volatile @Nullable String learntPassword;

  /** A user of {@code mysql_users}, or an account of the admin port. */
  MysqlUser(UserRow row) {
    this(row, false);
  }

  /** @param ofAuthFile whether it is a user of {@code [mysql_databases]} */
  MysqlUser(UserRow row, boolean ofAuthFile) {
    this.row = row;
    this.ofAuthFile = ofAuthFile;
    this.attributes = UserAttributes.of(row);
  }

  boolean ofAuthFile() {
    return ofAuthFile;
  }

  String name() {
    return row.username();
  }

  UserRow row() {
    return row;
  }

  void row(UserRow changed) {
    if (!Objects.equals(changed.password(), row.password())) {
      nativeStage1 = null;
      learntPassword = null;
    }
    attributes = UserAttributes.of(changed);
    row = changed;
  }

  UserAttributes attributes() {
    return attributes;
  }

  /** The row that says what servers are told; null, or one with the same password, when that is what clients say. */
  void backend(@Nullable UserRow other) {
    backend = other == null || Objects.equals(other.password(), row.password()) ? null : other;
  }

  AtomicInteger clients() {
    return clients;
  }

  /** Password as configured: clear, {@code *HASH} or {@code $A$005$...}; empty when there is none. */
  String secret() {
    String password = row.password();
    return password == null ? "" : password;
  }

  boolean hasNativeHash() {
    return isNativeHash(secret());
  }

  private static boolean isNativeHash(String secret) {
    return secret.length() == 41 && secret.charAt(0) == '*';
  }

  boolean hasSha2Hash() {
    return isSha2Hash(secret());
  }

  private static boolean isSha2Hash(String secret) {
    return secret.startsWith("$A$0");
  }

  /** The clear password, from the configuration or from a login that showed it; null when only a hash is known. */
  @Nullable
  String clearPassword() {
    return hasNativeHash() || hasSha2Hash() ? learntPassword : secret();
  }

  /** The clear password for servers; null when only a hash is known. */
  @Nullable
  String serverPassword() {
    UserRow other = backend;
    if (other == null) {
      return clearPassword();
    }
    String secret = other.password() == null ? "" : other.password();
    return isNativeHash(secret) || isSha2Hash(secret) ? null : secret;
  }

  /** As {@link #nativeStage1}, for servers. */
  byte @Nullable [] serverStage1() {
    return backend == null ? nativeStage1() : null; // clients show their own password
  }

  /** A client has shown its password in full. */
  void learnt(String password) {
    learntPassword = password;
  }

  /** SHA1(password), which a client's native login shows; enough to log in to a server that keeps the same hash. */
  byte @Nullable [] nativeStage1() {
    byte[] known = nativeStage1;
    return known == null ? null : known.clone();
  }

  void learntStage1(byte[] sha1) {
    nativeStage1 = sha1.clone();
  }
}
