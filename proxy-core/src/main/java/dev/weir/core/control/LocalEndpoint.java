package dev.weir.core.control;

/** Something inside the proxy that a client logs in to as if it were a database: the console. Thread-safe. */
public interface LocalEndpoint {
  /** A client has logged in. */
  LocalSession open(LocalClient client);

  /** The protocol by which a client came; where both consoles know a statement, it says which one is meant. */
  enum Wire {
    PG, MYSQL
  }

  /** Who is there. */
  record LocalClient(String user, Access access, long id, Wire wire) {}
}
