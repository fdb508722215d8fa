package dev.weir.app.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The demo's configuration: a {@code weir.ini}, its users, and a {@code proxysql.cnf}.
 *
 * @param folder where they are written
 * @param postgresPort of the server
 * @param mariaDbPort of the server
 */
record DemoFiles(Path folder, DemoPorts ports, int postgresPort, int mariaDbPort) {
  private static final String HOST = "127.0.0.1";

  /** The file to start with. */
  Path write() throws IOException {
    Files.writeString(folder.resolve("userlist.txt"), """
        "app" "app"
        "admin" "admin"
        """);
    Files.writeString(folder.resolve("proxysql.cnf"), """
        datadir = "%1$s/proxysql"
        admin_variables = {
          admin_credentials = "admin:admin"
          mysql_ifaces = "%2$s:%3$d"
        }
        mysql_variables = {
          interfaces = "%2$s:%4$d"
          monitor_username = "monitor"
          monitor_password = "monitor"
        }
        mysql_servers = (
          { address = "%2$s", port = %5$d, hostgroup = 0, max_connections = 50 }
        )
        mysql_users = (
          { username = "app", password = "app", default_hostgroup = 0 }
        )
        """.formatted(folder, HOST, ports.admin(), ports.mysql(), mariaDbPort));
    Path config = folder.resolve("weir.ini");
    Files.writeString(config, """
        [databases]
        app = host=%2$s port=%3$d dbname=app

        [pgbouncer]
        listen_addr = %2$s
        listen_port = %4$d
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = %1$s/userlist.txt
        admin_users = admin
        pool_mode = transaction
        max_client_conn = 1000
        logfile = %1$s/weir.log

        [weir]
        http_listen = %2$s:%5$d
        proxysql_config = %1$s/proxysql.cnf
        """.formatted(folder, HOST, postgresPort, ports.postgres(), ports.http()));
    return config;
  }
}
