@NullMarked
package dev.weir.admin.message;

import org.jspecify.annotations.NullMarked;
