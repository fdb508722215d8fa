/**
 * The query log and the audit log: events, their formats, and the thread that writes them to numbered files. Knows no
 * sessions and no network.
 */
@NullMarked
package dev.weir.core.mysql.log;

import org.jspecify.annotations.NullMarked;
