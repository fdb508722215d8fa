/**
 * Where log lines go and what they look like: PgBouncer's lines, so that tools which read its log read ours. Everything
 * else logs through slf4j and knows nothing of this. Any thread may log.
 */
@NullMarked
package dev.weir.app.log;

import org.jspecify.annotations.NullMarked;
