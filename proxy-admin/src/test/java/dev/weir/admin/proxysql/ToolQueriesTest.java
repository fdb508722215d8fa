package dev.weir.admin.proxysql;

import dev.weir.core.control.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What drivers, scripts, Ansible, exporters, orchestrators and operators send to the admin port: each gets what it reads. */
class ToolQueriesTest {
  /** Statements that must answer rows, with the columns their senders read. */
  static final List<String> ROWS = List.of(
      // drivers and clients
      "SELECT 1 => 1", "SELECT @@version => @@version", "select version(); => version()",
      "select @@version_comment limit 1 => @@version_comment",
      "select concat(@@version, ' ', @@version_comment) => concat(@@version, ' ', @@version_comment)",
      "SELECT current_user() => current_user()", "SELECT user() => user()",
      "select DATABASE(), USER() limit 1 => DATABASE(),USER()", "SELECT DATABASE() => DATABASE()",
      "select @@sql_mode => @@sql_mode", "select connection_id() => connection_id()",
      "SELECT TIMEDIFF(NOW(), UTC_TIMESTAMP()) => TIMEDIFF(NOW(), UTC_TIMESTAMP())",
      "SELECT @@max_allowed_packet => @@max_allowed_packet",
      "SELECT @@global.read_only => @@global.read_only",
      "SELECT @@admin-version => @@admin-version",
      "SELECT @@Questions => @@Questions",
      "select @@collation_database => @@collation_database",
      "select @@max_allowed_packet, @@character_set_client, @@character_set_connection, @@license, @@sql_mode, @@lower_case_table_names, @@version_comment => @@max_allowed_packet,@@character_set_client,@@character_set_connection,@@license,@@sql_mode,@@lower_case_table_names,@@version_comment",
      "select @@character_set_client, @@character_set_connection, @@character_set_server, @@character_set_database limit 1 => @@character_set_client,@@character_set_connection,@@character_set_server,@@character_set_database",
      "/* mysql-connector-java-8 */SELECT  @@session.auto_increment_increment AS auto_increment_increment, @@character_set_client AS character_set_client => auto_increment_increment,character_set_client",
      "SHOW VARIABLES WHERE Variable_name in ('max_allowed_packet','system_time_zone','time_zone','auto_increment_increment') => Variable_name,Value",
      "SHOW VARIABLES WHERE Variable_name in ('max_allowed_packet','system_time_zone','time_zone','sql_mode') => Variable_name,Value",
      "SHOW GLOBAL VARIABLES LIKE 'version' => Variable_name,Value",
      "SHOW GLOBAL VARIABLES LIKE 'read_only' => Variable_name,Value",
      "SHOW STATUS LIKE 'binlog_snapshot_gtid_executed' => Variable_name,Value",
      "SHOW VARIABLES LIKE 'gtid\\_mode' => Variable_name,Value",
      "SHOW VARIABLES LIKE 'ndbinfo\\_version' => Variable_name,Value",
      // mysqldump and mariadb-dump
      "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE table_schema = 'performance_schema' AND table_name = 'session_variables' => COUNT(*)",
      "SELECT DISTINCT TABLESPACE_NAME, FILE_NAME, LOGFILE_GROUP_NAME, EXTENT_SIZE, INITIAL_SIZE, ENGINE FROM INFORMATION_SCHEMA.FILES WHERE FILE_TYPE = 'DATAFILE' => *",
      "SELECT engine, table_type FROM INFORMATION_SCHEMA.TABLES WHERE table_schema = DATABASE() AND table_name = 'mysql_users' => ENGINE,TABLE_TYPE",
      "SELECT COLUMN_NAME, JSON_EXTRACT(HISTOGRAM, '$.\"number-of-buckets-specified\"') FROM information_schema.COLUMN_STATISTICS WHERE SCHEMA_NAME = 'main' AND TABLE_NAME = 'mysql_users' => *",
      "select column_name, extra, generation_expression, data_type from information_schema.columns where table_schema=database() and table_name='mysql_users' order by ordinal_position => COLUMN_NAME,EXTRA,GENERATION_EXPRESSION,DATA_TYPE",
      "SELECT TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'mysql_users' => TRIGGER_NAME",
      "SHOW TRIGGERS LIKE 'mysql\\_users' => Trigger,Event,Table,Statement",
      // SHOW
      "show tables => tables", "SHOW TABLES FROM stats => tables",
      "SHOW TABLES IN monitor => tables",
      "SHOW TABLES LIKE 'mysql_%' => tables", "SHOW DATABASES => seq,name,file",
      "SHOW SCHEMAS => seq,name,file", "SHOW CREATE TABLE mysql_servers => table,Create Table",
      "SHOW CREATE TABLE stats.stats_mysql_global => table,Create Table",
      "SHOW CREATE TABLE `disk`.`mysql_users`\\G => !",
      "SHOW FIELDS FROM `mysql_users` => Field,Type,Null,Key,Default,Extra",
      "SHOW CHARSET => Charset,Description,Default collation,Maxlen",
      "SHOW COLLATION => Collation,Charset,Id,Default,Compiled,Sortlen",
      "SHOW MYSQL USERS => *", "SHOW MYSQL SERVERS => *",
      "SHOW VARIABLES => Variable_name,Value", "SHOW ALL VARIABLES => Variable_name,Value",
      "SHOW ADMIN VARIABLES => Variable_name,Value", "SHOW MYSQL VARIABLES => Variable_name,Value",
      "SHOW LDAP VARIABLES => Variable_name,Value",
      "SHOW MYSQL VARIABLES LIKE 'mysql-monitor%' => Variable_name,Value",
      "SHOW MYSQL STATUS => Variable_name,Value",
      "SHOW PROCESSLIST => SessionID,user,db,hostgroup,command,time_ms,info",
      "SHOW FULL PROCESSLIST => SessionID,user,db,hostgroup,command,time_ms,info",
      // Ansible
      "SELECT count(*) AS `host_count` FROM mysql_servers WHERE hostgroup_id = '1' AND hostname = '10.0.0.1' AND port = '3306' => host_count",
      "SELECT * FROM mysql_users WHERE username = 'app' => *",
      "SELECT * FROM mysql_query_rules_fast_routing => *",
      // proxysql-admin and the percona scheduler
      "select variable_value from global_variables where variable_name like 'mysql-server_version' => variable_value",
      "select variable_value from global_variables where variable_name = 'mysql-monitor_galera_healthcheck_interval' => variable_value",
      "select variable_value from global_variables where variable_name like 'admin-%_credentials' => variable_value",
      "SELECT * FROM runtime_global_variables WHERE variable_name='mysql-interfaces' => variable_name,variable_value",
      "SELECT username,HEX(password) FROM mysql_users WHERE password!='' AND default_hostgroup=1 => username,HEX(password)",
      "SELECT DISTINCT hostname, port FROM mysql_servers WHERE status NOT IN (\"OFFLINE_HARD\",\"OFFLINE_SOFT\") => hostname,port",
      "SELECT hostname || ':' || port AS node FROM mysql_servers WHERE node = '10.0.0.1:3306' => node",
      "SELECT CASE hostgroup_id WHEN 1 THEN 'writer' WHEN 2 THEN 'reader' END hostgroup, hostname FROM mysql_servers => hostgroup,hostname",
      "SELECT writer_hostgroup || ',' || reader_hostgroup || ',' || backup_writer_hostgroup || ',' || offline_hostgroup FROM mysql_galera_hostgroups => *",
      "SELECT COUNT(*) FROM mysql_galera_hostgroups WHERE writer_hostgroup=1 OR reader_hostgroup=1 => COUNT(*)",
      "SELECT backup_writer_hostgroup AS 'backup-writer' FROM mysql_galera_hostgroups => backup-writer",
      "SELECT active FROM runtime_mysql_galera_hostgroups WHERE writer_hostgroup=1 => active",
      "SELECT COUNT(*) FROM runtime_mysql_group_replication_hostgroups => COUNT(*)",
      "SELECT COUNT(*) FROM runtime_mysql_replication_hostgroups => COUNT(*)",
      "SELECT active FROM runtime_scheduler WHERE comment like '% hgW:1%' => active",
      "SELECT filename FROM scheduler WHERE filename NOT LIKE '%pxc_scheduler_handler' => filename",
      // exporters and agents
      "SELECT Variable_Name, Variable_Value FROM stats_mysql_global => Variable_Name,Variable_Value",
      "SELECT hostgroup, srv_host, srv_port, * FROM stats_mysql_connection_pool => *",
      "SELECT COUNT(cli_host) as connection_count, cli_host FROM stats_mysql_processlist GROUP BY cli_host => connection_count,cli_host",
      "SELECT user, db, cli_host, hostgroup, COUNT(*) as count from stats_mysql_processlist group by user, db, cli_host, hostgroup => user,db,cli_host,hostgroup,count",
      "SELECT Command, Total_Time_us, Total_cnt, cnt_100us, cnt_INFs FROM stats_mysql_commands_counters WHERE Command IN ('SELECT','INSERT') => *",
      "SELECT hostgroup_id, hostname, port, gtid_port, * FROM runtime_mysql_servers => *",
      "select * from stats_memory_metrics => Variable_Name,Variable_Value",
      "select variable_value from global_variables where variable_name = 'admin-version' => variable_value",
      "SELECT * FROM stats.stats_mysql_global => Variable_Name,Variable_Value",
      "SELECT Command, Total_time_us FROM stats.stats_mysql_commands_counters => *",
      "SELECT username, frontend_connections, frontend_max_connections FROM stats.stats_mysql_users => *",
      "SELECT rule_id, hits FROM stats.stats_mysql_query_rules => rule_id,hits",
      "SELECT COALESCE(command,''),count(*) FROM stats_mysql_processlist GROUP BY command => *",
      // failover tools
      "SELECT hostgroup_id, hostname, port, status, weight, max_connections, comment FROM runtime_mysql_servers ORDER BY hostgroup_id, hostname, port => *",
      "SELECT GROUP_CONCAT(host) FROM (SELECT hostname || ':' || port AS host FROM runtime_mysql_servers) => *",
      "SELECT p.hostgroup, r.writer_hostgroup FROM stats.stats_mysql_connection_pool p INNER JOIN mysql_replication_hostgroups r ON p.hostgroup = r.writer_hostgroup => *",
      "SELECT DISTINCT status FROM runtime_mysql_servers WHERE hostname='10.0.0.1' => status",
      "SELECT SUM(ConnUsed) FROM stats_mysql_connection_pool WHERE srv_host='10.0.0.1' => *",
      // Kubernetes and configuration managers
      "SELECT `rule_id` FROM `mysql_query_rules` => rule_id",
      "SELECT DISTINCT username FROM runtime_mysql_users => username",
      "SELECT variable_name, variable_value FROM runtime_global_variables WHERE variable_name IN ('mysql-max_connections') => *",
      "SELECT COUNT(*) FROM runtime_mysql_servers WHERE status = 'ONLINE' => COUNT(*)",
      "SELECT COUNT(diff_check) FROM stats_proxysql_servers_checksums WHERE diff_check > 3 => *",
      "SELECT hostname, port, name, version, FROM_UNIXTIME(epoch) epoch, checksum, FROM_UNIXTIME(changed_at) changed_at, FROM_UNIXTIME(updated_at) updated_at, diff_check, DATETIME('NOW') FROM stats_proxysql_servers_checksums => *",
      "SELECT * FROM runtime_checksums_values ORDER BY name => name,version,epoch,checksum",
      "SELECT * FROM stats_mysql_global ORDER BY Variable_Name => *",
      // everyday
      "SELECT * FROM monitor.mysql_server_ping_log ORDER BY time_start_us DESC LIMIT 10 => *",
      "SELECT hostgroup hg, sum_time, count_star, digest_text FROM stats_mysql_query_digest ORDER BY sum_time DESC LIMIT 5 => hg,sum_time,count_star,digest_text",
      "SELECT * FROM stats_mysql_query_digest_reset LIMIT 1 => *",
      "SELECT * FROM mysql_query_rules LEFT JOIN stats_mysql_query_rules USING (rule_id) => *",
      "SELECT * FROM disk.mysql_servers => *");

  /** Statements that answer OK, in an order in which they can all run. */
  static final List<String> CHANGES = List.of("SET AUTOCOMMIT = 0", "SET NAMES utf8mb4",
      "SET character_set_results = NULL", "SET SQL_AUTO_IS_NULL = 0", "SET SQL_SAFE_UPDATES=1",
      "BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK", "USE stats", "USE `main`",
      // mysqldump
      "/*!40100 SET @@SQL_MODE='' */", "/*!40101 SET NAMES utf8 */",
      "/*!40103 SET TIME_ZONE='+00:00' */", "/*!40014 SET UNIQUE_CHECKS=0 */",
      "/*!80000 SET SESSION information_schema_stats_expiry=0 */",
      "/*!50717 SELECT COUNT(*) INTO @rocksdb_has_p_s_session_variables FROM INFORMATION_SCHEMA.TABLES */",
      "/*!50717 PREPARE s FROM @x */", "/*!40000 ALTER TABLE `x` DISABLE KEYS */",
      "LOCK TABLES `mysql_users` READ", "UNLOCK TABLES", "SET SQL_QUOTE_SHOW_CREATE=1",
      "SET SESSION NET_READ_TIMEOUT= 86400", "SET @saved_cs_client = @@character_set_client",
      // Ansible
      "INSERT INTO mysql_servers (hostgroup_id, hostname, port, weight) VALUES ('1', '10.0.0.1', '3306', '1')",
      "UPDATE mysql_servers SET weight = '5' WHERE hostgroup_id = '1' AND hostname = '10.0.0.1' AND port = '3306'",
      "INSERT INTO mysql_users (username, password, default_hostgroup) VALUES ('app', 'pw', '1')",
      "INSERT INTO mysql_hostgroup_attributes (hostgroup_id) VALUES (1)",
      "UPDATE global_variables SET variable_value = '200' WHERE variable_name = 'mysql-max_connections'",
      "SAVE MYSQL VARIABLES TO DISK", "LOAD  SCHEDULER TO RUNTIME", "SAVE  SCHEDULER TO DISK",
      // proxysql-admin
      "SAVE ADMIN VARIABLES FROM RUNTIME", "SET admin-checksum_mysql_query_rules = 'false'",
      "SET admin-checksum_mysql_servers = 'false'", "SET admin-checksum_mysql_users = 'false'",
      "SET admin-cluster_username = ''", "SET admin-cluster_check_interval_ms = 300000;",
      "LOAD ADMIN VARIABLES TO RUNTIME",
      "INSERT INTO mysql_users (username,password,active,default_hostgroup) VALUES ('u2','*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19',1,10)",
      "INSERT INTO mysql_users (username,password,active,default_hostgroup) VALUES ('u3',UNHEX('244124303035247A'),1,10)",
      "DELETE FROM mysql_users WHERE username IN ('u2','u3') AND default_hostgroup=10",
      "INSERT INTO mysql_servers (hostname,hostgroup_id,port,weight,max_connections,use_ssl) VALUES ('10.0.0.2',10,3306,1000000,1000,0),('10.0.0.3',11,3306,1000,1000,0)",
      "UPDATE mysql_servers SET weight = 900 WHERE hostgroup_id = 11",
      "INSERT INTO mysql_galera_hostgroups (writer_hostgroup, reader_hostgroup, backup_writer_hostgroup, offline_hostgroup, active, max_writers, writer_is_also_reader, max_transactions_behind) VALUES (10, 11, 12, 13, 1, 1, 2, 100)",
      "INSERT INTO mysql_query_rules (username,destination_hostgroup,active,match_digest,apply) VALUES ('app',10,1,'^SELECT.*FOR UPDATE',1),('app',11,1,'^SELECT ',1)",
      "DELETE FROM mysql_query_rules_fast_routing WHERE destination_hostgroup IN (10,11,12,13)",
      "INSERT INTO scheduler (active, interval_ms, filename, arg1, arg2, comment) VALUES (1, 5000, '/usr/bin/proxysql_galera_checker', '--x', '--y', 'cluster hgW:10')",
      "SET mysql-monitor_galera_healthcheck_interval = 2000",
      "UPDATE global_variables SET variable_value='monitor2' WHERE variable_name='mysql-monitor_username'",
      "LOAD MYSQL SERVERS TO RUNTIME", "SAVE MYSQL SERVERS FROM RUNTIME",
      "SAVE MYSQL SERVERS TO DISK;",
      "UPDATE mysql_servers SET status='OFFLINE_SOFT' WHERE hostname='10.0.0.3' AND port=3306 AND hostgroup_id=11",
      "INSERT INTO mysql_servers VALUES (8010,'10.0.0.9',3306,0,'ONLINE',1,0,1000,0,0,0,'')",
      "Delete from mysql_servers where hostgroup_id = 8010",
      // orchestrator, replication-manager
      "REPLACE INTO mysql_servers (hostgroup_id, hostname, port) VALUES (10, '10.0.0.2', 3306)",
      "INSERT INTO mysql_servers (hostname, port) VALUES ('10.0.0.7', '3306')",
      "UPDATE mysql_servers SET status='ONLINE', hostgroup_id='20' WHERE hostname='10.0.0.7' AND port='3306'",
      "REPLACE INTO mysql_users(username,password) VALUES ('repl', 'x')",
      "LOAD MYSQL USERS TO RUNTIME", "SAVE MYSQL USERS TO DISK",
      // operators
      "DELETE FROM mysql_replication_hostgroups",
      "INSERT INTO mysql_replication_hostgroups (writer_hostgroup, reader_hostgroup, check_type, comment) VALUES (30, 31, 'read_only', 'k8s'), (40, 41, 'super_read_only', '')",
      "INSERT INTO proxysql_servers (hostname, port, weight, comment) VALUES ('p1', 6032, 1, '')",
      "LOAD PROXYSQL SERVERS TO RUNTIME", "SAVE PROXYSQL SERVERS TO DISK",
      "LOAD MYSQL QUERY RULES TO RUNTIME", "SAVE MYSQL QUERY RULES TO DISK",
      "LOAD MYSQL VARIABLES TO RUNTIME");

  private static AdminPort port;

  @BeforeAll
  static void open() {
    port = AdminPort.inMemory();
    for (String change : CHANGES) {
      assertThat(port.run(change)).as(change).isInstanceOf(Answer.Done.class);
    }
  }

  @AfterAll
  static void close() {
    port.close();
  }

  @ParameterizedTest
  @FieldSource("ROWS")
  void answersRows(String query) {
    int arrow = query.lastIndexOf(" => ");
    String statement = query.substring(0, arrow);
    String columns = query.substring(arrow + 4);
    Answer answer = port.run(statement);
    if (columns.equals("!")) { // \G is the client's own, a server never sees it
      assertThat(answer).isInstanceOf(Answer.Failed.class);
      return;
    }
    assertThat(answer).isInstanceOf(Answer.Rows.class);
    List<String> names = ((Answer.Rows) answer).table().columns().stream().map(c -> c.name())
        .toList();
    if (!columns.equals("*")) {
      assertThat(String.join(",", names)).isEqualTo(columns);
    }
    assertThat(port.admin.describe(AdminPort.OPERATOR, statement).toCompletableFuture().join()
        .columns()).as("described").isEqualTo(((Answer.Rows) answer).table().columns());
  }

  static List<String> managed() {
    List<String> all = new java.util.ArrayList<>();
    for (String verb : List.of("LOAD", "SAVE")) {
      for (String module : List.of("MYSQL USERS", "MYSQL SERVERS", "MYSQL QUERY RULES",
          "MYSQL VARIABLES", "ADMIN VARIABLES", "SCHEDULER")) {
        for (String place : verb.equals("LOAD")
            ? List.of("FROM DISK", "TO RUNTIME", "TO MEMORY", "FROM MEMORY")
            : List.of("TO DISK", "FROM RUNTIME", "TO MEMORY", "FROM MEMORY")) {
          all.add(verb + " " + module + " " + place);
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("managed")
  void ansibleMovesEveryModule(String statement) {
    try (AdminPort own = AdminPort.inMemory()) {
      assertThat(own.run(statement)).isInstanceOf(Answer.Done.class);
    }
  }

  @Test
  void theProbeOfNewClientsIsAnError() {
    assertThat(port.run("SELECT $$")).isInstanceOf(Answer.Failed.class);
    assertThat(port.run("SELECT @@nosuch")).isEqualTo(new Answer.Failed("HY000", 1193,
        "ProxySQL Admin Error: Unknown system variable 'nosuch'"));
  }

  @Test
  void theVersionReadsAsOne() {
    assertThat(port.rows("SELECT version()").getFirst()).matches("2\\.7\\.\\d+-\\d+-.+");
    assertThat(port
        .rows("select variable_value from global_variables where variable_name = 'admin-version'"))
        .isEqualTo(port.rows("SELECT @@admin-version"));
    assertThat(port.rows("select @@version_comment limit 1"))
        .containsExactly("(ProxySQL Admin Module)");
    assertThat(port.rows("SELECT DATABASE()")).containsExactly("admin");
  }

  @Test
  void theSchedulerOfPerconaFindsTheMonitorsAccount() {
    assertThat(port.rows("SHOW VARIABLES")).contains("mysql-monitor_username|monitor2",
        "mysql-monitor_password|monitor");
  }
}
