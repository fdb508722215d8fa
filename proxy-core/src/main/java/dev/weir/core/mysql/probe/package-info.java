/**
 * The monitor's questions to MySQL and MariaDB, through JDBC. Blocking code for virtual threads; the data path has
 * nothing to do with it.
 */
@NullMarked
package dev.weir.core.mysql.probe;

import org.jspecify.annotations.NullMarked;
