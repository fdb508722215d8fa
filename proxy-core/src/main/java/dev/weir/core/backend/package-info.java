/**
 * Servers, the hostgroups they stand in and how they are: an immutable {@link Topology}, swapped whole by {@link
 * Topologies}. Pools and routers read it from any thread; monitors and commands replace it.
 */
@NullMarked
package dev.weir.core.backend;

import org.jspecify.annotations.NullMarked;
