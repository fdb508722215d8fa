/** What the sides of both protocols share: their pools as one list for operators. Runs on the control thread. */
@NullMarked
package dev.weir.core.session;

import org.jspecify.annotations.NullMarked;
