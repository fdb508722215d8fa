/** Tests of the package of this name. */
@NullMarked
package dev.weir.mysql.auth;

import org.jspecify.annotations.NullMarked;
