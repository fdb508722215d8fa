/**
 * Programs that run for the operator: ProxySQL's scheduler and the scripts behind its REST port. They get an empty
 * environment and bounds on time and output. Virtual threads.
 */
@NullMarked
package dev.weir.admin.job;

import org.jspecify.annotations.NullMarked;
