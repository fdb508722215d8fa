package dev.weir.core.sql;

/**
 * One thing that a statement does to its session, or wants to know of it. What MySQL and PostgreSQL share is said in
 * the same words; a dialect adds records for what only it has. Names of variables are in lower case, all others as
 * written, without their quotes.
 */
public sealed interface Effect {
  /** Whose value a variable's is. */
  enum Scope {
    SESSION, GLOBAL, PERSIST, PERSIST_ONLY
  }

  /** What a transaction may do. */
  enum AccessMode {
    UNSPECIFIED, READ_ONLY, READ_WRITE
  }

  /** How far {@code SET TRANSACTION} reaches. */
  enum Reach {
    NEXT_TRANSACTION, SESSION, GLOBAL
  }

  /** State that cannot be moved to another server. */
  enum Cause {
    TEMPORARY_TABLE, TABLE_LOCKS, GLOBAL_READ_LOCK, USER_LOCK, HANDLER, XA_TRANSACTION, FOUND_ROWS
  }

  /** What a statement asks about the one before it. */
  enum Diagnostics {
    CONDITIONS, FOUND_ROWS, ROW_COUNT, LAST_INSERT_ID
  }

  record Begin(AccessMode access, boolean consistentSnapshot) implements Effect {}

  record Commit(boolean chain, boolean release) implements Effect {}

  record Rollback(boolean chain, boolean release) implements Effect {}

  record Savepoint(String name) implements Effect {}

  record RollbackTo(String name) implements Effect {}

  record ReleaseSavepoint(String name) implements Effect {}

  /** The statement commits what is open before it does its work. */
  record ImplicitCommit() implements Effect {}

  record UseDatabase(String name) implements Effect {}

  record Assign(Scope scope, String name, Value value) implements Effect {}

  record AssignUserVariable(String name, Value value) implements Effect {}

  /** A user variable gets a value that only the server knows: {@code SELECT @a := b}, {@code INTO @a}. */
  record WriteUserVariable(String name) implements Effect {}

  record ReadUserVariable(String name) implements Effect {}

  record ReadSystemVariable(Scope scope, String name) implements Effect {}

  /** SET NAMES; an empty character set is DEFAULT, an empty collation the character set's own. */
  record SetNames(String charset, String collation) implements Effect {}

  /** SET CHARACTER SET; an empty one is DEFAULT. */
  record SetCharacterSet(String charset) implements Effect {}

  /** SET TRANSACTION; an empty isolation level leaves it as it is. */
  record SetTransaction(Reach reach, String isolation, AccessMode access) implements Effect {}

  /** SET ROLE; the roles as written. */
  record SetRole(String roles) implements Effect {}

  /** From here on the session needs this server; an empty name is one that cannot be told from the text. */
  record Pin(Cause cause, String name) implements Effect {}

  /** The pin with this name ends; all of the cause if the name is empty. */
  record Unpin(Cause cause, String name) implements Effect {}

  record Prepare(String name, Value source) implements Effect {}

  record Execute(String name) implements Effect {}

  record Deallocate(String name) implements Effect {}

  /** A stored procedure runs, which may change anything in the session. */
  record CallProcedure(String name) implements Effect {}

  record ReadDiagnostics(Diagnostics what) implements Effect {}

  /** The statement asks for the number of its connection. */
  record ReadConnectionId() implements Effect {}

  /** The client will be asked for a file. */
  record LoadLocal() implements Effect {}

  record Kill(boolean queryOnly, Value id) implements Effect {}

  /** A command to the proxy itself, as written. */
  record ProxyCommand(String text) implements Effect {}

  /** May change the session in a way that is not known: pin, and say why. */
  record Unknown(String why) implements Effect {}
}
