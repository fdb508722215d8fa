/**
 * MySQL and MariaDB: client sessions, server connections, hostgroups and their pools. A session runs on its link's
 * worker; {@link dev.weir.core.mysql.MysqlRuntime} and what hangs on it is read by all workers and changed on the
 * control thread. The wire is {@code dev.weir.mysql}'s; what a statement means is {@code core.sql}'s, where it goes
 * {@code core.route}'s.
 */
@NullMarked
package dev.weir.core.mysql;

import org.jspecify.annotations.NullMarked;
