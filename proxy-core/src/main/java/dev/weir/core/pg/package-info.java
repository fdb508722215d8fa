/** PostgreSQL client sessions and server connections. Confined to their worker's event loop. */
@NullMarked
package dev.weir.core.pg;

import org.jspecify.annotations.NullMarked;
