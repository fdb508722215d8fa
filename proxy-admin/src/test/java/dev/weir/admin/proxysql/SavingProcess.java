package dev.weir.admin.proxysql;

import java.nio.file.Path;

/** Saves servers without end, all of one weight each time, until it is killed. */
final class SavingProcess {
  static final int SERVERS = 500;

  private SavingProcess() {}

  public static void main(String[] args) throws Exception {
    try (AdminPort port = AdminPort.in(Path.of(args[0]), null, AdminOptions.Saved.KEPT)) {
      for (int weight = 1; weight < 1_000_000; weight++) {
        port.change("DELETE FROM mysql_servers");
        port.change("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + SERVERS + ") INSERT INTO mysql_servers (hostname, weight) SELECT 'h' || i, " + weight
            + " FROM n");
        port.change("SAVE MYSQL SERVERS TO DISK");
        System.out.println("saved");
      }
    }
  }
}
