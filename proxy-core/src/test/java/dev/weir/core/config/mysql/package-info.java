/** Tests of ProxySQL's configuration. */
@NullMarked
package dev.weir.core.config.mysql;

import org.jspecify.annotations.NullMarked;
