/** Tests of what the admin port switches on. */
@NullMarked
package dev.weir.admin.service;

import org.jspecify.annotations.NullMarked;
