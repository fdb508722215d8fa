/**
 * The SQLite databases behind ProxySQL's admin port: schemas, tables that are computed when they are read, bounds. Knows
 * no command and no wire. Everything runs on one platform thread, because SQLite's calls hold the thread they run on.
 */
@NullMarked
package dev.weir.admin.sqlite;

import org.jspecify.annotations.NullMarked;
