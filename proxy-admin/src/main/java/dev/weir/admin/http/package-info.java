/**
 * Health, readiness and metrics over HTTP. Requests are served by virtual threads; facts about the proxy are read on the
 * control thread, at scrape time only. Knows nothing of the data path.
 */
@NullMarked
package dev.weir.admin.http;

import org.jspecify.annotations.NullMarked;
