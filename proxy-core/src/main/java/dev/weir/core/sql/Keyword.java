package dev.weir.core.sql;

import java.nio.charset.StandardCharsets;

/** The words that classification knows; all others are {@link #OTHER}. */
enum Keyword {
  OTHER, ALL, ALTER, ANALYZE, AND, AS, ATOMIC, AUTOCOMMIT, BACKUP, BEGIN, BINLOG, CACHE, CALL, CHAIN, CHANGE, CHARACTER, CHARSET, CHECK, CHECKSUM, CLOSE, COLLATE, COMMIT, COMMITTED, CONNECTION, CONNECTION_ID, CONSISTENT, COUNT, CREATE, DATABASE, DEALLOCATE, DEFAULT, DEFINER, DELETE, DESC, DESCRIBE, DO, DROP, DUMPFILE, ERRORS, EVENT, EXECUTE, EXISTS, EXPLAIN, EXPORT, FLUSH, FOR, FOUND_ROWS, FROM, FUNCTION, GET, GET_LOCK, GLOBAL, GRANT, HANDLER, HARD, HELP, IF, IMMEDIATE, IMPORT, IN, INDEX, INSERT, INSTALL, INTO, ISOLATION, KILL, LAST_INSERT_ID, LEVEL, LIMIT, LOAD, LOCAL, LOCK, LOCKED, MASTER, MODE, NAMES, NEXT, NEXTVAL, NO, NOT, OFFSET, ONLY, OPEN, OPTIMIZE, OR, OUTFILE, PACKAGE, PASSWORD, PERSIST, PERSIST_ONLY, PREPARE, PROCEDURE, PROXYSQL, PURGE, QUERY, READ, RECOVER, RELEASE, RELEASE_ALL_LOCKS, RELEASE_LOCK, RENAME, REPAIR, REPEATABLE, REPLACE, REPLICA, REPLICAS, RESET, RESOURCE, RESTART, REVOKE, ROLE, ROLLBACK, ROW_COUNT, SAVEPOINT, SCHEMA, SELECT, SEQUENCE, SERIALIZABLE, SERVER, SESSION, SET, SETVAL, SHARE, SHOW, SHUTDOWN, SIGNAL, SLAVE, SNAPSHOT, SOFT, SPATIAL, SQL_CALC_FOUND_ROWS, START, STATEMENT, STATUS, STOP, TABLE, TABLES, TABLESPACE, TEMPORARY, TO, TRANSACTION, TRIGGER, TRUNCATE, UNCOMMITTED, UNDO, UNINSTALL, UNIQUE, UNLOCK, UPDATE, USE, USER, USING, VALUE, VALUES, VIEW, WARNINGS, WITH, WORK, WRITE, XA, FULLTEXT, RESIGNAL;

  private static final int SLOT_COUNT = 1024;
  private static final Keyword[] SLOTS = new Keyword[SLOT_COUNT];
  private static final byte[][] SPELLINGS = new byte[SLOT_COUNT][];
  private static final int LONGEST;

  static {
    int longest = 0;
    for (Keyword keyword : values()) {
      byte[] spelling = keyword.name().getBytes(StandardCharsets.US_ASCII);
      longest = Math.max(longest, spelling.length);
      if (keyword != OTHER) {
        int at = hash(spelling, 0, spelling.length);
        while (SLOTS[at] != null) {
          at = (at + 1) % SLOT_COUNT;
        }
        SLOTS[at] = keyword;
        SPELLINGS[at] = spelling;
      }
    }
    LONGEST = longest;
  }

  /** The keyword that the bytes spell, in any case of letters. */
  static Keyword of(byte[] in, int from, int to) {
    if (to - from > LONGEST) {
      return OTHER;
    }
    int at = hash(in, from, to);
    while (true) {
      Keyword keyword = SLOTS[at];
      if (keyword == null) {
        return OTHER;
      }
      if (spells(SPELLINGS[at], in, from, to)) {
        return keyword;
      }
      at = (at + 1) % SLOT_COUNT;
    }
  }

  private static int hash(byte[] in, int from, int to) {
    int hash = to - from;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + upper(in[i]);
    }
    return (hash ^ (hash >>> 15)) & (SLOT_COUNT - 1);
  }

  private static boolean spells(byte[] spelling, byte[] in, int from, int to) {
    if (spelling.length != to - from) {
      return false;
    }
    for (int i = 0; i < spelling.length; i++) {
      if (spelling[i] != upper(in[from + i])) {
        return false;
      }
    }
    return true;
  }

  private static byte upper(byte c) {
    return c >= 'a' && c <= 'z' ? (byte) (c - 'a' + 'A') : c;
  }
}
