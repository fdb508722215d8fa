/** Pools of server connections: checkout, queue, return, launch limits. Knows no protocol. */
@NullMarked
package dev.weir.core.pool;

import org.jspecify.annotations.NullMarked;
