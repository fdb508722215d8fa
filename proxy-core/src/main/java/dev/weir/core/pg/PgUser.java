package dev.weir.core.pg;

import dev.weir.core.pool.Budget;
import dev.weir.pg.auth.ScramSecret;
import dev.weir.pg.auth.StoredSecret;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A user at run time: counts, and secrets that were learnt. Thread-safe. */
final class PgUser {
  private final String name;
  private final Budget servers;
  private final AtomicInteger clients = new AtomicInteger();
  private volatile boolean proven;
  private volatile @Nullable StoredSecret learnt;
  private volatile @Nullable Verifier verifier;

  /** A SCRAM verifier made from a plain secret. */
  private record Verifier(String password, ScramSecret secret) {
    @Override
    public String toString() {
      return "Verifier[...]";
    }
  }

  PgUser(String name, int maxConnections) {
    this.name = name;
    this.servers = new Budget(maxConnections);
  }

  String name() {
    return name;
  }

  Budget servers() {
    return servers;
  }

  AtomicInteger clients() {
    return clients;
  }

  /** Somebody has logged in as this user, or servers are logged in to as this user: it exists. */
  void prove() {
    proven = true;
  }

  boolean proven() {
    return proven;
  }

  /** Secret found by auth_query, or typed for PAM and LDAP. */
  @Nullable
  StoredSecret learnt() {
    return learnt;
  }

  void learn(@Nullable StoredSecret secret) {
    learnt = secret;
  }

  /** The verifier made before from this very password, or null. */
  @Nullable
  ScramSecret verifierOf(String password, int iterations) {
    Verifier v = verifier;
    return v != null && v.password().equals(password) && v.secret().iterations() == iterations
        ? v.secret()
        : null;
  }

  void keepVerifier(String password, ScramSecret secret) {
    verifier = new Verifier(password, secret);
  }
}
