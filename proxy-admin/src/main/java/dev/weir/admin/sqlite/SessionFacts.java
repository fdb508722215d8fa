package dev.weir.admin.sqlite;

/** What MySQL's functions about the session answer. Confined to the admin thread. */
final class SessionFacts {
  private String user = "";
  private long connectionId;
  private String schema = "main";
  private String version = "";

  void are(String who, long id, String where, String which) {
    user = who;
    connectionId = id;
    schema = where;
    version = which;
  }

  String user() {
    return user;
  }

  long connectionId() {
    return connectionId;
  }

  String schema() {
    return schema;
  }

  String version() {
    return version;
  }
}
