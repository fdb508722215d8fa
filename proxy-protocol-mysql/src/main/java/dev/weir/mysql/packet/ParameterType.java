package dev.weir.mysql.packet;

import org.jspecify.annotations.Nullable;

/**
 * The type that a client gives one of its parameters.
 *
 * @param code of {@link FieldType}
 * @param name null where parameters have none: query attributes are off
 */
public record ParameterType(int code, boolean unsigned, @Nullable String name) {}
