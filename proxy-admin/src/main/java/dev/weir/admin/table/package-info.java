/** One record per SHOW table: columns beside values. Runs on the control thread. */
@NullMarked
package dev.weir.admin.table;

import org.jspecify.annotations.NullMarked;
