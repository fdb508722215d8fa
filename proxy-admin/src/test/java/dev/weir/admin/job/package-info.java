/** Tests of the operator's programs. */
@NullMarked
package dev.weir.admin.job;

import org.jspecify.annotations.NullMarked;
