/** Who may log in and how a secret is checked. Blocking checks run on virtual threads. */
@NullMarked
package dev.weir.core.auth;

import org.jspecify.annotations.NullMarked;
