/** Tests of ProxySQL's admin port. */
@NullMarked
package dev.weir.admin.proxysql;

import org.jspecify.annotations.NullMarked;
