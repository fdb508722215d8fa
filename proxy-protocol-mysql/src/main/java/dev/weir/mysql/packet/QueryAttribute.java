package dev.weir.mysql.packet;

import org.jspecify.annotations.Nullable;

/**
 * A named value that goes with a query and that the server's plugins can read.
 *
 * @param value as in the binary protocol, its length included; null for NULL
 */
public record QueryAttribute(ParameterType type, @Nullable ByteString value) {}
