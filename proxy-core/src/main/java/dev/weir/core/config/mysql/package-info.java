/**
 * ProxySQL's configuration: its variables, a record for each of its tables, {@code proxysql.cnf}, and the immutable
 * snapshot that the MySQL side runs on. Knows no SQL engine and no wire; any thread.
 */
@NullMarked
package dev.weir.core.config.mysql;

import org.jspecify.annotations.NullMarked;
