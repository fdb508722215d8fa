/**
 * ProxySQL's admin commands over {@code admin.sqlite}: LOAD and SAVE, SET and SHOW, what drivers and tools ask, and how a
 * configuration comes from a file or a saved database. Statements run on the admin thread, one after the other.
 */
@NullMarked
package dev.weir.admin.proxysql;

import org.jspecify.annotations.NullMarked;
