/**
 * How servers are watched and what follows from what is seen. Decisions are pure functions: topology, results and
 * settings in, a new topology and its changes with reasons out. Each check of each server is a loop on a virtual thread
 * of its own; no wire is known here, only {@link ServerProbes}.
 */
@NullMarked
package dev.weir.core.monitor;

import org.jspecify.annotations.NullMarked;
