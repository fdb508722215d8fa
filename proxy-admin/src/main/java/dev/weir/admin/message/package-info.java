/** Lines of the log that are counted for ProxySQL's tables and metrics. Any thread. */
@NullMarked
package dev.weir.admin.message;

import org.jspecify.annotations.NullMarked;
